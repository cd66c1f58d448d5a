//! A client that adds nothing of its own: no redirects followed, no decompression, no retries.

use super::PATIENCE;
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Talks to one router.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
}

/// An answer as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}\n{}", self.status, self.headers, self.text())
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// A header's value; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The error's message, whatever the dialect.
    pub(crate) fn message(&self) -> String {
        let value = self.value();
        let message = value["error"]["message"].as_str().or(value["error"].as_str());
        message.unwrap_or_else(|| panic!("no error in {self:?}")).to_owned()
    }

    /// The value of the session cookie it sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        set.filter_map(|set| set.split(';').next())
            .find(|pair| pair.starts_with("ninerouter="))
            .map(str::to_owned)
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the client's side of the tests")]
        let builder = reqwest::Client::builder();
        let http = builder
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { address, http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request; the answer's body is still to be read.
    pub(crate) async fn begin(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> reqwest::Response {
        let mut request = self.http.request(method, self.url(path)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let response = self.begin(method, path, headers, body).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.unwrap() }
    }

    /// Sends JSON; null sends no body.
    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut headers = headers.to_vec();
        let bytes = match body {
            Value::Null => Bytes::new(),
            body => {
                headers.push(("content-type", "application/json"));
                body.to_string().into()
            }
        };
        self.send(method, path, &headers, bytes).await
    }

    /// Opens a page.
    pub(crate) async fn page(&self, path: &str, cookie: &str) -> Answer {
        self.send(Method::GET, path, &[("cookie", cookie), ("accept", "text/html")], Bytes::new()).await
    }

    /// Posts a form as a script of our own page does.
    pub(crate) async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [
            ("cookie", cookie),
            ("origin", origin.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send(Method::POST, path, &headers, encoded(fields)).await
    }

    /// Writes bytes on a connection of its own, and reads what comes back until it ends or `enough` says so.
    pub(crate) async fn raw(&self, request: &[u8], enough: impl Fn(&str) -> bool) -> String {
        let talking = async {
            let mut socket = TcpStream::connect(self.address).await.unwrap();
            socket.write_all(request).await.unwrap();
            let (mut heard, mut chunk) = (Vec::new(), [0; 4096]);
            loop {
                // An answer may be cut short when the rest of a request is not read.
                match socket.read(&mut chunk).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) => heard.extend_from_slice(&chunk[..count]),
                }
                if enough(&String::from_utf8_lossy(&heard)) {
                    break;
                }
            }
            String::from_utf8_lossy(&heard).into_owned()
        };
        tokio::time::timeout(PATIENCE, talking).await.expect("an answer")
    }
}

/// Fields as a form sends them.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> Bytes {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into()
}
