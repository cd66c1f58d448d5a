//! Signing in to accounts at a scripted vendor, and the tokens that one gets.

mod code;
mod device;
mod exchanged_key;
mod grant;
mod renewal;
mod replicas;
mod secrets;
pub(crate) mod service_account;
mod terms;

use crate::support::client::{Answer, Client};
use crate::support::{House, Provider, chat_body, until};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;

/// The file of a provider that is signed in to at the scripted vendor. `more`: lines of its `[sign_in]`.
pub(crate) fn file(provider: &Provider, client: &str, more: &str) -> String {
    let at = provider.address;
    format!(
        "id = \"plan\"\nname = \"Plan\"\ntier = \"subscription\"\nauth = {{ kind = \"sign-in\" }}\n\n[sign_in]\n\
         flows = [\"code\", \"device\"]\nclient_id = \"{client}\"\n\
         authorize_url = \"http://{at}/oauth/authorize\"\ndevice_url = \"http://{at}/oauth/device\"\n\
         token_url = \"http://{at}/oauth/token\"\nscopes = [\"openid\", \"offline_access\"]\n\
         facts = {{ account = \"/id_token/email\", account_id = \"/id_token/https:~1~1vendor.example~1auth/account_id\" }}\n\
         headers = {{ x-account-id = \"{{account_id}}\" }}\n{more}\n\n\
         [[speaks]]\ndialect = \"chat\"\nurl = \"http://{at}/v1/chat/completions\"\n\n\
         [[speaks]]\ndialect = \"messages\"\nurl = \"http://{at}/v1/messages\"\nheader = \"authorization\"\n\
         headers = {{ anthropic-version = \"2023-06-01\" }}\n\n[[model]]\nid = \"ok\"\n"
    )
}

/// A house that knows such a provider.
pub(crate) async fn house(client: &str, more: &str) -> House {
    let (folder, provider) = (TempDir::new().unwrap(), Arc::new(Provider::start().await));
    write(&folder, &file(&provider, client, more));
    House::furnished(House::on(folder, &[], provider).await).await
}

pub(crate) fn write(folder: &TempDir, file: &str) {
    let files = folder.path().join("providers");
    std::fs::create_dir_all(&files).unwrap();
    std::fs::write(files.join("plan.toml"), file).unwrap();
}

impl House {
    /// Begins a sign-in in a browser on this machine.
    async fn begun(&self, more: Value) -> Value {
        let mut body = json!({ "provider": "plan", "port": self.client.address.port() });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.made("/api/v1/sign-ins", body).await
    }

    /// Opens the vendor's page and agrees; gives where it leads back to.
    async fn agreed(&self, begun: &Value) -> String {
        let url = url::Url::parse(begun["url"].as_str().unwrap()).unwrap();
        let page = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let answer = Client::new(self.provider.address).page(&page, "").await;
        assert_eq!(answer.status, 302, "{answer:?}");
        answer.header("location").to_owned()
    }

    /// Follows the way back, as a stranger: the browser may know us under another name.
    async fn back(&self, location: &str) -> Answer {
        let url = url::Url::parse(location).unwrap();
        self.client.page(&format!("{}?{}", url.path(), url.query().unwrap_or_default()), "").await
    }

    /// Lets go of something as soon as the vendor's token endpoint has been asked; false: it ended before that.
    async fn left_while_it_thinks<T>(&self, something: impl Future<Output = T>) -> bool {
        tokio::select! {
            biased;
            _ = something => false,
            () = until("the question", async || {
                (self.provider.vendor(|vendor| vendor.asked) > 0).then_some(())
            }) => true,
        }
    }

    /// Signs in. Gives the account's id.
    async fn signed_in(&self) -> i64 {
        let begun = self.begun(json!({})).await;
        let back = self.back(&self.agreed(&begun).await).await;
        assert!(back.status == 200 && back.text().contains("Signed in"), "{back:?}");
        let done = self.read(&format!("/api/v1/sign-ins/{}", begun["id"].as_str().unwrap())).await;
        assert_eq!(done["stage"], "done", "{done}");
        done["account"].as_i64().unwrap()
    }

    /// An ordinary request to the provider.
    async fn ask(&self) -> Answer {
        self.send("/v1/chat/completions", &[], chat_body("plan/ok", false)).await
    }

    /// The tokens that went with requests for an answer, oldest first.
    fn shown(&self) -> Vec<String> {
        let asked = self.provider.seen().into_iter().filter(|seen| seen.line.starts_with("POST /v1/"));
        asked.map(|seen| seen.header("authorization").unwrap().to_owned()).collect()
    }

    async fn paste(&self, begun: &Value, text: &str) -> Answer {
        let path = format!("/api/v1/sign-ins/{}/paste", begun["id"].as_str().unwrap());
        self.api(Method::POST, &path, json!({ "text": text })).await
    }
}
