//! What-if over JSON.

use super::{Answer, At};
use app::api::Clock;
use app::api::what_if::{WhatIf, WhatIfPage, WhatIfQuery};
use axum::extract::{Extension, Query};

/// What recorded usage would have cost another way. A program has no form to mend: what cannot be replayed is a problem.
pub async fn what_if(
    Extension(desk): At,
    Query(query): Query<WhatIfQuery>,
    Query(clock): Query<Clock>,
) -> Answer<WhatIfPage> {
    let page = WhatIf::what_if(&desk, query, clock).await?;
    match page.fault {
        Some(fault) => Err(fault.into()),
        None => Ok(axum::Json(page)),
    }
}
