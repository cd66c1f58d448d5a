//! What is written down, on SQLite and on PostgreSQL alike.

mod kept;
mod logged;
mod raised;
mod repriced;
mod saved;
mod summed;
mod used;

pub(crate) use used::record;

use crate::support::config;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use server::config::Config;
use server::store::{Store, sqlite_path};
use tempfile::TempDir;
use uuid::Uuid;

/// A fresh database.
pub(crate) struct Base {
    config: Config,
    pub(crate) url: String,
    /// Where a database of PostgreSQL is dropped, and its name.
    made: Option<(String, String)>,
    _folder: TempDir,
}

impl Base {
    async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", sqlite_path(folder.path()).display());
        Self { config: config(folder.path(), &[]), url, made: None, _folder: folder }
    }

    pub(crate) async fn postgresql() -> Self {
        let Ok(server) = std::env::var("NINEROUTER_TEST_POSTGRES") else {
            panic!(
                "NINEROUTER_TEST_POSTGRES is not set, so nothing says where PostgreSQL is. Run `cargo xtask test`, \
                 which starts one, or set it to postgres://user@host:port/database."
            );
        };
        let name = format!("ninerouter_{}", Uuid::now_v7().simple());
        let db = Database::connect(&server).await.unwrap();
        db.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        db.close().await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        let folder = TempDir::new().unwrap();
        let config = config(folder.path(), &[("DATABASE_URL", url.as_str())]);
        Self { config, url: url.to_string(), made: Some((server, name)), _folder: folder }
    }

    async fn open(&self) -> Store {
        Store::open(&self.config).await.unwrap()
    }

    pub(crate) async fn direct(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }

    async fn end(self, store: Store) {
        store.close().await.unwrap();
        self.gone().await;
    }

    /// Takes the database away.
    pub(crate) async fn gone(self) {
        if let Some((server, name)) = &self.made {
            let db = Database::connect(server).await.unwrap();
            db.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
            db.close().await.unwrap();
        }
    }
}

/// The same test on both databases.
macro_rules! on_both {
    ($room:ident: $($name:ident),* $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                super::on_base(super::Base::sqlite().await, super::$room::$name).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                super::on_base(super::Base::postgresql().await, super::$room::$name).await;
            }
        }
    )*};
}

async fn on_base(base: Base, steps: impl AsyncFn(&Base, &Store)) {
    let store = base.open().await;
    steps(&base, &store).await;
    base.end(store).await;
}

on_both!(
    kept:
    the_history_runs_up_down_and_up_again,
    people_and_their_epochs_are_kept,
    sessions_end_when_they_should,
    caller_keys_are_kept_as_hashes,
    accounts_keep_their_keys_sealed,
    endpoints_keep_their_models_in_order,
    models_are_switched_and_lists_replaced_whole,
    combos_and_aliases_are_replaced_whole,
    budgets_and_rotations_are_kept,
    settings_are_one_row,
);

on_both!(
    logged:
    what_is_logged_is_sealed_and_comes_back_as_it_was,
    a_log_that_was_stopped_takes_nothing_more,
    the_oldest_payloads_go_first,
    payloads_go_with_their_requests_and_keys_are_told_apart,
);

on_both!(
    raised:
    an_alert_is_raised_once_until_its_limit_begins_anew,
    alerts_go_with_their_account_and_threshold,
    where_alerts_go_is_sealed,
);

on_both!(
    used:
    usage_is_written_once_and_summed_up,
    requests_are_found_and_forgotten,
    plans_and_causes_are_kept_and_detours_found,
    what_is_used_of_budgets_is_read_from_the_sums,
    many_writers_do_not_get_in_each_other_s_way,
);

on_both!(
    summed:
    usage_by_anything_is_what_its_requests_say,
    sums_by_less_are_filled_from_those_that_were_there,
    sums_that_another_version_wrote_are_mended,
    requests_are_found_by_what_they_were_for,
    text_is_looked_for_in_the_newest_and_further_back_on_demand,
    sums_outlive_their_requests,
);

on_both!(
    repriced:
    recalculated_sums_are_what_the_rows_say,
    what_is_written_meanwhile_is_neither_lost_nor_counted_twice,
    requests_that_are_forgotten_are_priced_by_their_tokens,
    one_recalculation_at_a_time_goes_on_where_it_was_cut_off,
    prices_are_set_and_taken_back,
);

on_both!(
    saved:
    savings_stay_with_their_request_and_sum_up_by_the_day,
    what_conversations_keep_is_what_their_last_request_went_by,
);
