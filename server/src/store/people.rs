//! People who sign in.

use super::entity::people::{ActiveModel, Column, Entity, Model};
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
};

/// Somebody who signs in.
#[derive(Clone)]
pub struct Person {
    /// Stays the same for life.
    pub id: i64,
    /// What the person signs in with.
    pub name: String,
    /// In PHC form.
    pub password_hash: String,
    /// Sessions and bearers of an older epoch are over.
    pub epoch: i64,
}

impl From<Model> for Person {
    fn from(row: Model) -> Self {
        Self { id: row.id, name: row.name, password_hash: row.password_hash, epoch: row.epoch }
    }
}

fn person_row(name: &str, password_hash: &str, now: i64) -> ActiveModel {
    ActiveModel {
        name: Set(name.to_owned()),
        password_hash: Set(password_hash.to_owned()),
        role: Set("owner".to_owned()),
        epoch: Set(0),
        created_at: Set(now),
        ..Default::default()
    }
}

impl Store {
    /// How many people there are.
    pub async fn count_people(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().count(&self.db).await?)
    }

    /// Makes a person.
    pub async fn add_person(&self, name: &str, password_hash: &str, now: i64) -> Result<Person, StoreError> {
        Ok(person_row(name, password_hash, now).insert(&self.db).await?.into())
    }

    /// Makes the first person; [`StoreError::Taken`] when there is somebody, whatever the name: two browsers, or two
    /// replicas, may set it up at the same moment.
    pub async fn add_first_person(
        &self,
        name: &str,
        password_hash: &str,
        now: i64,
    ) -> Result<Person, StoreError> {
        let work = self.begin().await?;
        if self.has_replicas() {
            work.execute_unprepared("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE").await?;
        }
        if Entity::find().count(&work).await? > 0 {
            return Err(StoreError::Taken);
        }
        let made = person_row(name, password_hash, now).insert(&work).await?;
        work.commit().await?;
        Ok(made.into())
    }

    /// The person of that name.
    pub async fn person_named(&self, name: &str) -> Result<Option<Person>, StoreError> {
        Ok(Entity::find().filter(Column::Name.eq(name)).one(&self.db).await?.map(Person::from))
    }

    /// The person of that id.
    pub async fn person(&self, id: i64) -> Result<Option<Person>, StoreError> {
        Ok(Entity::find_by_id(id).one(&self.db).await?.map(Person::from))
    }

    /// The only person, if there is just one.
    pub async fn first_person(&self) -> Result<Option<Person>, StoreError> {
        Ok(Entity::find().one(&self.db).await?.map(Person::from))
    }

    /// Replaces the password and ends every session and bearer. Gives the new epoch.
    pub async fn set_password(&self, id: i64, password_hash: &str) -> Result<i64, StoreError> {
        Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(password_hash))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        self.raise_epoch(id).await
    }

    /// Ends every session and bearer of a person. Gives the new epoch.
    pub async fn raise_epoch(&self, id: i64) -> Result<i64, StoreError> {
        Entity::update_many()
            .col_expr(Column::Epoch, Expr::col(Column::Epoch).add(1))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        self.person(id).await?.map(|person| person.epoch).ok_or(StoreError::Missing)
    }
}
