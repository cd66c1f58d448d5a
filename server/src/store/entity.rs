//! The tables as the queries of this room see them. What a column means stands in `migrations`.

#![expect(unreachable_pub, reason = "the derives of sea-orm make public items beside each model")]

/// Writes an entity module: sea-orm wants each in a module of its own.
macro_rules! entity {
    ($module:ident, $table:literal, { $($(#[$attribute:meta])* $field:ident : $type:ty),+ $(,)? }) => {
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($(#[$attribute])* pub $field: $type),+ }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity!(people, "people", {
    #[sea_orm(primary_key)] id: i64,
    name: String, password_hash: String, role: String, epoch: i64, created_at: i64,
});
entity!(sessions, "sessions", {
    #[sea_orm(primary_key, auto_increment = false)] id: String,
    person_id: Option<i64>, data: String, address: String, agent: String, created_at: i64, expires_at: i64,
});
entity!(caller_keys, "caller_keys", {
    #[sea_orm(primary_key)] id: i64,
    name: String, hash: Vec<u8>, tail: String, created_at: i64, saver_level: Option<String>,
    terse: Option<String>, log_until_at: Option<i64>,
});
entity!(endpoints, "endpoints", {
    #[sea_orm(primary_key, auto_increment = false)] prefix: String,
    name: String, dialect: String, base_url: String, private_network: bool, created_at: i64,
});
entity!(endpoint_models, "endpoint_models", {
    #[sea_orm(primary_key, auto_increment = false)] prefix: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    position: i32,
});
entity!(accounts, "accounts", {
    #[sea_orm(primary_key)] id: i64,
    provider_id: String, name: String, sealed_key: Option<Vec<u8>>, key_tail: String, priority: i32,
    enabled: bool, parked_until: Option<i64>, refused: bool, parked_why: String, last_error: String,
    last_error_at: Option<i64>, created_at: i64, budget_measure: Option<String>, budget_amount: Option<i64>,
    budget_period: Option<String>, reserve: i32, sealed_proxy: Option<Vec<u8>>,
});
entity!(account_fields, "account_fields", {
    #[sea_orm(primary_key, auto_increment = false)] account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] name: String,
    value: String,
});
entity!(account_tokens, "account_tokens", {
    #[sea_orm(primary_key, auto_increment = false)] account_id: i64,
    sealed: Vec<u8>, expires_at: Option<i64>, renewed_at: i64, generation: i64, ended: bool, why: String,
});
entity!(sign_ins, "sign_ins", {
    #[sea_orm(primary_key, auto_increment = false)] id: String,
    provider_id: String, account_id: Option<i64>, sealed: Vec<u8>, state: String, why: String,
    created_at: i64, expires_at: i64,
});
entity!(found_models, "found_models", {
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    name: String, context: Option<i64>, max_output: Option<i64>, found_at: i64,
});
entity!(models_off, "models_off", {
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
});
entity!(prices, "prices", {
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    input: Option<i64>, output: Option<i64>, cache_read: Option<i64>, cache_write: Option<i64>,
    image: Option<i64>, changed_at: i64,
});
entity!(recalculations, "recalculations", {
    #[sea_orm(primary_key, auto_increment = false)] id: i32,
    from_at: i64, began_at: i64, next_at: i64, requests: i64, requests_done: i64, worker: String,
    worker_until: i64, ended_at: Option<i64>, cost_before: i64, cost_after: i64, unknown_after: i64,
});
entity!(opt_ins, "opt_ins", {
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    person: String, agreed_at: i64,
});
entity!(parked_models, "parked_models", {
    #[sea_orm(primary_key, auto_increment = false)] account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    until_at: i64, why: String,
});
entity!(aliases, "aliases", {
    #[sea_orm(primary_key, auto_increment = false)] name: String,
    model: String, created_at: i64,
});
entity!(combos, "combos", {
    #[sea_orm(primary_key, auto_increment = false)] name: String,
    enabled: bool, created_at: i64, strategy: String, first_token_ms: Option<i64>, stall_ms: Option<i64>,
    hedge: bool, rescue: bool, max_attempts: Option<i32>, terse: String,
});
entity!(combo_targets, "combo_targets", {
    #[sea_orm(primary_key, auto_increment = false)] combo: String,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    model: String, enabled: bool, weight: i32, budget_measure: Option<String>, budget_amount: Option<i64>,
    budget_period: Option<String>,
});
entity!(rotations, "rotations", {
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    rotation: String,
});
entity!(settings, "settings", {
    #[sea_orm(primary_key, auto_increment = false)] id: i32,
    require_key: bool, retention_days: i32, max_body_bytes: i64, connect_ms: i64, first_byte_ms: i64,
    whole_reply_ms: i64, idle_ms: i64, seal_check: Vec<u8>, first_token_ms: i64, stall_ms: i64,
    affinity_ms: i64, circuit_ms: i64, saver_level: String, saver_filters: i32, alert_thresholds: String,
    sealed_webhook: Option<Vec<u8>>, webhook_private: bool, webhook_failed_at: Option<i64>, webhook_why: String,
    payload_bytes: i64, payload_days: i32, log_until_at: Option<i64>,
});
entity!(alerts, "alerts", {
    #[sea_orm(primary_key)] id: i64,
    account_id: i64, window_name: String, model: String, unit: String, threshold: i32, used_permille: i32,
    resets_at: Option<i64>, known_at: i64, raised_at: i64, seen_at: Option<i64>, over_at: Option<i64>,
});
entity!(requests, "requests", {
    #[sea_orm(primary_key, auto_increment = false)] id: Uuid,
    started_at: i64, client: String, key_id: Option<i64>, key_name: String, dialect: String, asked: String,
    combo: String, provider_id: String, model: String, account_id: Option<i64>, account_name: String,
    streaming: bool, status: i32, outcome: String, attempts: i32, input_tokens: Option<i64>,
    cache_read_tokens: Option<i64>, cache_write_tokens: Option<i64>, output_tokens: Option<i64>,
    reasoning_tokens: Option<i64>, cost: Option<i64>, first_token_ms: Option<i64>, total_ms: i64,
    bytes_in: i64, bytes_out: i64, upstream_id: String, finish: String, error: String,
    upstream_dialect: String, dropped: String, plan: String, saver_level: String, saved_tokens: i64,
    saved_cost: Option<i64>, conversation: Option<i64>, saver_filters: i32, saver_version: i32, terse: String,
    list_cost: Option<i64>, covered: bool, images: i64, stated_cost: Option<i64>,
});
entity!(payloads, "payloads", {
    #[sea_orm(primary_key, auto_increment = false)] request_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] part: i32,
    key_id: i64, conversation: Option<i64>, bytes: i64, kept_bytes: i64, stored_bytes: i64, redacted: i32,
    sealed: Vec<u8>,
});
entity!(savings, "savings", {
    #[sea_orm(primary_key, auto_increment = false)] request_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    filter: String, tool: String, texts: i64, bytes_before: i64, bytes_after: i64, tokens_before: i64,
    tokens_after: i64,
});
entity!(saving_days, "saving_days", {
    #[sea_orm(primary_key, auto_increment = false)] period_at: i64,
    #[sea_orm(primary_key, auto_increment = false)] filter: String,
    #[sea_orm(primary_key, auto_increment = false)] tool: String,
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    texts: i64, bytes_before: i64, bytes_after: i64, tokens_before: i64, tokens_after: i64, cost: i64,
});
entity!(attempts, "attempts", {
    #[sea_orm(primary_key, auto_increment = false)] request_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    provider_id: String, model: String, account_id: Option<i64>, account_name: String, start_ms: i64,
    first_token_ms: Option<i64>, total_ms: i64, status: Option<i32>, won: bool, verdict: String, rule: String,
    error: String, cause: String, key_id: Option<i64>, client: String, combo: String,
});
entity!(exclusions, "exclusions", {
    #[sea_orm(primary_key, auto_increment = false)] request_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)] position: i32,
    what: String, why: String,
});

// Sums have the same columns by the day; they are written by name. What is read of them:
entity!(usage_days, "usage_days", {
    #[sea_orm(primary_key, auto_increment = false)] period_at: i64,
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    #[sea_orm(primary_key, auto_increment = false)] account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] key_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] client: String,
    #[sea_orm(primary_key, auto_increment = false)] combo: String,
    input_tokens: i64, cache_read_tokens: i64, cache_write_tokens: i64, output_tokens: i64, cost: i64,
});
entity!(first_tokens, "first_tokens", {
    #[sea_orm(primary_key, auto_increment = false)] period_at: i64,
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    #[sea_orm(primary_key, auto_increment = false)] class: i32,
    requests: i64,
});
entity!(usage_hours, "usage_hours", {
    #[sea_orm(primary_key, auto_increment = false)] period_at: i64,
    #[sea_orm(primary_key, auto_increment = false)] provider_id: String,
    #[sea_orm(primary_key, auto_increment = false)] model: String,
    #[sea_orm(primary_key, auto_increment = false)] account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] key_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] client: String,
    #[sea_orm(primary_key, auto_increment = false)] combo: String,
    requests: i64, answered: i64, failed: i64, broken: i64, cancelled: i64, fallbacks: i64,
    unstated: i64, input_tokens: i64, cache_read_tokens: i64, cache_write_tokens: i64,
    output_tokens: i64, reasoning_tokens: i64, cost: i64, cost_unknown: i64, first_token_ms: i64,
    first_tokens: i64, total_ms: i64, last_at: i64, answered_at: i64, list_cost: i64, list_unknown: i64,
    images: i64, saved_tokens: i64, saved_cost: i64,
});
