//! The `:http` family against a real server on the loopback: one hand-written answer per path.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use breyta_catalog::limits::Limits;
use breyta_core::{Budget, Thrown, Value, edn};
use breyta_engine::error::StepError;
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, Machine, Outcome, Program, StateIndex};
use breyta_engine::world::StepRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::HTTP;
use crate::connection::{Auth, Connection, Connections, Secret};
use crate::family::StepContext;
use crate::templates::{RENDER, Templates};

struct NoProgram;

impl Program for NoProgram {
    fn slug(&self) -> &'static str {
        "test"
    }
    fn version(&self) -> &'static str {
        "0"
    }
    fn machine(&self) -> &Machine {
        &Machine { states: &[], slots: &[] }
    }
    fn enter(&self, _: StateIndex, _: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Done(Value::Nil))
    }
    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

/// A server that answers by path and remembers the requests, head and body as text.
struct Server {
    base_url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone()));
            }
        });
        Self { base_url, seen }
    }

    fn last(&self) -> String {
        self.seen.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut buffer = [0u8; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request);
        // A TLS client waits for our hello, not we for the end of its head.
        if count == 0
            || request.first() == Some(&0x16)
            || text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= body_length(head))
        {
            break;
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push(request);
    let path = path.split('?').next().unwrap_or_default();
    if path == "/slow" {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    let _ = stream.write_all(answer(path).as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn body_length(head: &str) -> usize {
    let line = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    line.and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

fn answer(path: &str) -> String {
    let (status, headers, body) = match path {
        "/json" | "/api/v1/json" => (
            "200 OK",
            "Content-Type: application/json\r\nX-Trace: t1\r\n",
            r#"{"first_name":"Ada","n":1}"#.to_owned(),
        ),
        "/text" => ("200 OK", "Content-Type: text/plain; charset=utf-8\r\n", "hello ä".to_owned()),
        "/edn" => ("200 OK", "Content-Type: application/edn\r\n", "{:a #{1}}".to_owned()),
        "/bytes" => ("200 OK", "Content-Type: image/png\r\n", "\u{1}\u{2}".to_owned()),
        "/html" => ("200 OK", "Content-Type: text/html\r\n", "<html>no json</html>".to_owned()),
        "/empty" => ("204 No Content", "", String::new()),
        "/huge" => ("200 OK", "Content-Type: text/plain\r\n", "x".repeat(100_000)),
        "/404" => (
            "404 Not Found",
            "Content-Type: application/json\r\nX-Trace: t2\r\n",
            r#"{"error":"s3cret-key unknown"}"#.to_owned(),
        ),
        // The key lies where the preview of the body is cut.
        "/cut" => ("401 Unauthorized", "", format!("{}s3cret-key", "x".repeat(1_994))),
        "/cut/json" => {
            ("200 OK", "Content-Type: application/json\r\n", format!("{}s3cret-key", "x".repeat(74)))
        }
        "/gzip" => ("200 OK", "Content-Encoding: gzip\r\n", "?".to_owned()),
        "/500" => ("500 Internal Server Error", "", "boom".to_owned()),
        "/moved" => ("302 Found", "Location: /json\r\n", String::new()),
        "/loop" => ("302 Found", "Location: /loop\r\n", String::new()),
        "/echo" => (
            "200 OK",
            "Content-Type: application/json\r\n",
            r#"{"key":"s3cret-key","list":["Bearer s3cret-key"]}"#.to_owned(),
        ),
        other => match other.strip_prefix("/to/") {
            Some(address) => {
                return format!(
                    "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{address}/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
            }
            None => ("200 OK", "Content-Type: application/json\r\n", "[]".to_owned()),
        },
    };
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

struct Bound {
    base_url: String,
    auth: Auth,
}

impl Connections for Bound {
    fn resolve(&self, slot: &str) -> Result<Connection, StepError> {
        match slot {
            "api" => Ok(Connection {
                slot: slot.to_owned(),
                base_url: self.base_url.clone(),
                auth: self.auth.clone(),
                headers: vec![("X-Tenant".to_owned(), Secret::new("t"))],
            }),
            _ => Err(StepError::new("missing-binding", format!("no connection :{slot}"))),
        }
    }
}

async fn step(base_url: &str, auth: Auth, config: &str) -> Result<Value, StepError> {
    let config = edn::read(config).unwrap();
    let templates = edn::read(
        r#"{:find {:type :http-request :request {:path "/users/{{user.id}}" :method :post :headers {"X-Why" "{{why}}"} :json {:n "{{n}}"}}}}"#,
    );
    let templates = Templates { entries: templates.unwrap().as_map().unwrap().clone(), render: Some(RENDER) };
    let request = StepRequest {
        program: &NoProgram,
        workflow_id: "flow-test-local-r1",
        family: "http",
        step: "fetch",
        point: "fetch",
        config: &config,
        idempotency_key: "key-1",
        attempt: 1,
    };
    let connections = Bound { base_url: base_url.to_owned(), auth };
    let limits = Limits::default();
    (HTTP.execute)(StepContext {
        request,
        connections: &connections,
        templates: &templates,
        limits: &limits,
        say: &|_| {},
    })
    .await
}

/// Runs one step against a fresh server and compares `:status` and `:body`, or the error's kind.
async fn check(config: &str, expected: &str) {
    let server = Server::start().await;
    let secure_url = server.base_url.replace("http:", "https:");
    let config = config.replace("BASE", &server.base_url).replace("TLS", &secure_url);
    let shown = match step(&server.base_url, Auth::None, &config).await {
        Ok(result) => {
            let field = |key: &str| breyta_core::print::pr_str(result.field(key).unwrap_or(&Value::Nil));
            format!("{} {}", field("status"), field("body"))
        }
        Err(error) => {
            assert!(!error.url.as_deref().unwrap_or_default().contains('?'), "{error:?}");
            format!("{} {}", error.kind, if error.retryable { "retryable" } else { "final" })
        }
    };
    assert_eq!(shown, expected, "{config}");
}

#[tokio::test]
async fn bodies_become_values() {
    check("{:connection :api :path \"/json\"}", "200 {:first_name \"Ada\", :n 1}").await;
    check("{:url \"BASE/json?x=1\"}", "200 {:first_name \"Ada\", :n 1}").await;
    check(
        "{:connection :api :path \"/json\" :response-as :text}",
        r#"200 "{\"first_name\":\"Ada\",\"n\":1}""#,
    )
    .await;
    check("{:connection :api :path \"/text\"}", "200 \"hello ä\"").await;
    check("{:connection :api :path \"/edn\"}", "200 {:a #{1}}").await;
    check("{:connection :api :path \"/empty\" :response-as :json}", "204 nil").await;
    check("{:connection :api :path \"/moved\"}", "200 {:first_name \"Ada\", :n 1}").await;
    check(
        "{:connection :api :path \"/404\" :client-opts {:throw-on-status false}}",
        r#"404 {:error "s3cret-key unknown"}"#,
    )
    .await;
}

#[tokio::test]
async fn failures_have_their_kind() {
    check("{:connection :api :path \"/404\"}", "http-status final").await;
    check("{:connection :api :path \"/500?k=v\"}", "http-status retryable").await;
    check("{:connection :api :path \"/html\" :response-as :json}", "parse final").await;
    check("{:connection :api :path \"/gzip\"}", "parse final").await;
    check("{:connection :api :path \"/bytes\"}", "binary-inline final").await;
    check("{:connection :api :path \"/text\" :response-as :bytes}", "binary-inline final").await;
    check("{:connection :api :path \"/huge\" :client-opts {:max-response-bytes 99999}}", "too-large final")
        .await;
    check("{:connection :api :path \"/slow\" :timeout \"80ms\"}", "timeout retryable").await;
    check("{:connection :api :path \"/loop\"}", "connect final").await;
    check("{:url \"http://127.0.0.1:1/x?secret=1\"}", "connect retryable").await;
    check("{:url \"TLS/json\"}", "tls final").await;
    check("{:connection :other :path \"/json\"}", "missing-binding final").await;
    check("{:connection :api :url \"http://127.0.0.1:1/x\"}", "blocked final").await;
    check("{:path \"/json\"}", "invalid-config final").await;
    check("{:connection :api :path \"http://elsewhere/\"}", "invalid-config final").await;
    check("{:url \"file:///etc/passwd\"}", "invalid-config final").await;
    check("{:connection :api :metod :get}", "invalid-config final").await;
    check("{:connection :api :multipart []}", "not-supported-yet final").await;
    check("{:connection :api :timeout \"soon\"}", "invalid-config final").await;
    check("{:connection :api :headers {\"bad name\" \"x\"}}", "invalid-config final").await;
    check("{:connection :api :template :nowhere}", "invalid-config final").await;
    check("{:connection :api :data {}}", "invalid-config final").await;
}

/// Runs one step and checks that the request that arrived holds every text.
async fn check_sent(config: &str, auth: Auth, wanted: &[&str]) {
    let server = Server::start().await;
    let result = step(&format!("{}/api/v1/", server.base_url), auth, config).await.unwrap();
    let seen = server.last();
    for text in wanted {
        assert!(seen.contains(text), "{text:?} is not in\n{seen}");
    }
    assert!(!format!("{result:?}").contains("s3cret"), "{result:?}");
}

#[tokio::test]
async fn requests_carry_what_the_config_says() {
    let key = || Secret::new("s3cret-key");
    check_sent(
        "{:connection :api :path \"/json\"}",
        Auth::Bearer(key()),
        &["GET /api/v1/json HTTP/1.1", "authorization: Bearer s3cret-key", "x-tenant: t"],
    )
    .await;
    let header = Auth::ApiKeyHeader { name: "X-API-Key".to_owned(), key: key() };
    check_sent("{:connection :api :path \"json\"}", header, &["GET /api/v1/json", "x-api-key: s3cret-key"])
        .await;
    let query = Auth::ApiKeyQuery { name: "key".to_owned(), key: key() };
    check_sent(
        "{:connection :api :path \"/x\" :query {:q \"a b&c\" :n [1 2] :no nil}}",
        query,
        &["/api/v1/x?q=a%20b%26c&n=1&n=2&key=s3cret-key"],
    )
    .await;
    check_sent(
        "{:connection :api :path \"/x\" :method :post :json {:first-name \"Ada\" :n 1.5 :k :word} :idempotency-key true :accept :json}",
        Auth::None,
        &["POST ", "content-type: application/json", "idempotency-key: key-1", "accept: application/json", r#"{"first-name":"Ada","n":1.5,"k":"word"}"#],
    )
    .await;
    check_sent(
        "{:connection :api :path \"/x\" :method :put :form {:a \"1 2\"}}",
        Auth::None,
        &["PUT ", "content-type: application/x-www-form-urlencoded", "\r\n\r\na=1%202"],
    )
    .await;
    check_sent("{:connection :api :path \"/x\" :method :post :body \"raw\" :content-type \"text/x\" :headers {:X-Tenant \"own\"}}", Auth::None, &["content-type: text/x", "x-tenant: own", "\r\n\r\nraw"]).await;
    check_sent(
        "{:connection :api :template :find :data {:user {:id 7} :why \"<a&b>\"} :headers {\"X-Two\" \"2\"}}",
        Auth::None,
        &["POST /api/v1/users/7 ", "x-two: 2", r#"{"n":""}"#],
    )
    .await;
}

#[tokio::test]
async fn secrets_come_out_of_nothing() {
    let server = Server::start().await;
    let bearer = Auth::Bearer(Secret::new("s3cret-key"));
    let echoed = step(&server.base_url, bearer.clone(), "{:connection :api :path \"/echo\"}").await.unwrap();
    assert!(!format!("{echoed:?}").contains("s3cret"), "{echoed:?}");
    let error =
        step(&server.base_url, bearer.clone(), "{:connection :api :path \"/404\"}").await.unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    assert_eq!(error.status, Some(404));
    let data = breyta_core::print::pr_str(&error.data);
    assert!(data.contains("\"x-trace\" \"t2\"") && data.contains("[secret] unknown"), "{data}");
    for path in ["/cut", "/cut/json"] {
        let config = format!("{{:connection :api :path {path:?}}}");
        let error = step(&server.base_url, bearer.clone(), &config).await.unwrap_err();
        assert!(!format!("{error:?}").contains("s3c"), "{error:?}");
    }
    // A key inside the path of a connection that cannot be reached.
    let query = Auth::ApiKeyQuery { name: "k".to_owned(), key: Secret::new("s3cret-key") };
    let error =
        step("http://127.0.0.1:1", query, "{:connection :api :path \"/s3cret-key\"}").await.unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn credentials_stay_on_their_origin() {
    let (first, second) = (Server::start().await, Server::start().await);
    let elsewhere = second.base_url.trim_start_matches("http://").to_owned();
    let header = Auth::ApiKeyHeader { name: "X-API-Key".to_owned(), key: Secret::new("s3cret-key") };
    let config = format!(
        "{{:connection :api :path \"/to/{elsewhere}\" :method :post :json {{:a 1}} :include-headers [\"X-Trace\"]}}"
    );
    let result = step(&first.base_url, header, &config).await.unwrap();
    assert!(first.last().contains("s3cret-key"));
    assert!(
        !second.last().contains("s3cret-key") && !second.last().contains("x-tenant"),
        "{}",
        second.last()
    );
    assert!(
        second.last().starts_with("POST /json") && second.last().ends_with(r#"{"a":1}"#),
        "{}",
        second.last()
    );
    assert_eq!(breyta_core::print::pr_str(result.field("headers").unwrap()), r#"{"x-trace" "t1"}"#);
    assert_eq!(
        result.field("url").and_then(Value::as_str),
        Some(format!("{}/json", second.base_url).as_str())
    );
}
