//! An action is run, never looked up.

use super::{
    api::{
        ActionResult, ExecuteOperationMetadata, ExecuteRequest, ExecuteResponse, ExecutionClient, Operation, Stage,
        Timestamp, WaitExecutionRequest, operation, rpc,
    },
    blob::BlobId,
    link::{Link, told},
};
use crate::bytes::Error;
use prost::Message as _;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tonic::{Code, Status, Streaming};

/// How long an action may wait for a worker.
const QUEUE: Duration = Duration::from_secs(3600);

/// How a run of an action ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    /// It ended by itself, perhaps badly.
    Done(Box<ActionResult>),
    /// It took longer than it may.
    TimedOut,
    /// The server no longer has all that it needs.
    Missing(String),
}

/// Runs an action. What the server has of its results from before does not count.
pub(super) async fn execute(link: &Link, action: BlobId, timeout: Duration) -> Result<Ended, Error> {
    if !link.can.execution {
        return Err(link.about(Error::unavailable("the server keeps results, but runs nothing")));
    }
    let what = format!("action {action}");
    let (moved, name) = (AtomicU64::new(0), Mutex::new(None));
    let whole = timeout.saturating_add(QUEUE);
    let ran = link.persist(&what, &moved, async || {
        let known = name.lock().ok().and_then(|name| name.clone());
        let mut operations = start(link, action, known).await?;
        follow(&mut operations, &moved, &name, link.server.patience).await
    });
    let late = || {
        let status = Status::deadline_exceeded(format!("nothing came of it in {} seconds", whole.as_secs()));
        link.failed(&what, &status)
    };
    let response = tokio::time::timeout(whole, ran).await.map_err(|_| late())??;
    read(link, &what, response)
}

/// Asks for it to be run, or, after an interruption, for what has become of it.
async fn start(link: &Link, action: BlobId, known: Option<String>) -> Result<Streaming<Operation>, Status> {
    let mut client = ExecutionClient::new(link.channel.clone());
    if let Some(name) = known {
        let waiting = client.wait_execution(link.request(WaitExecutionRequest { name })).await;
        match waiting {
            Err(status) if matches!(status.code(), Code::NotFound | Code::Unimplemented) => {}
            waiting => return waiting.map(tonic::Response::into_inner),
        }
    }
    let asked = ExecuteRequest {
        instance_name: link.instance(),
        skip_cache_lookup: true,
        action_digest: Some(action.tell()),
        ..ExecuteRequest::default()
    };
    client
        .execute(link.request(asked))
        .await
        .map(tonic::Response::into_inner)
}

/// Reads a stream to its end. Once the action is known to the server, its silence means nothing while the connection stands.
async fn follow(
    operations: &mut Streaming<Operation>,
    moved: &AtomicU64,
    name: &Mutex<Option<String>>,
    patience: Duration,
) -> Result<ExecuteResponse, Status> {
    let mut beat = tokio::time::interval(patience / 4);
    let mut accepted = false;
    loop {
        let operation = tokio::select! {
            operation = operations.message() => operation?,
            _ = beat.tick() => {
                moved.fetch_add(u64::from(accepted), Ordering::Relaxed);
                continue;
            }
        };
        let Some(operation) = operation else {
            return Err(Status::unavailable(
                "the server ended the stream before the action was done",
            ));
        };
        accepted = true;
        moved.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut name) = name.lock() {
            *name = Some(operation.name.clone()).filter(|name| !name.is_empty());
        }
        stage(&operation);
        match operation.result {
            Some(operation::Result::Response(any)) => {
                let response = ExecuteResponse::decode(any.value.as_slice());
                return response.map_err(|error| Status::data_loss(format!("its answer can't be read: {error}")));
            }
            Some(operation::Result::Error(status)) => return Err(Status::new(Code::from(status.code), status.message)),
            None if operation.done => return Err(Status::data_loss("it is done, and nothing came of it")),
            None => {}
        }
    }
}

/// How far it is, for the log.
fn stage(operation: &Operation) {
    let metadata = operation.metadata.as_ref();
    let metadata = metadata.and_then(|any| ExecuteOperationMetadata::decode(any.value.as_slice()).ok());
    let stage = metadata.and_then(|metadata| Stage::try_from(metadata.stage).ok());
    tracing::debug!(name = operation.name, ?stage, "operation");
}

fn read(link: &Link, what: &str, response: ExecuteResponse) -> Result<Ended, Error> {
    let status = response.status.clone().unwrap_or_default();
    let message = match response.message.as_str() {
        "" => status.message.clone(),
        message => message.to_owned(),
    };
    match Code::from(status.code) {
        Code::DeadlineExceeded => return Ok(Ended::TimedOut),
        Code::FailedPrecondition if misses(&status) => return Ok(Ended::Missing(message)),
        Code::Ok => {}
        code => return Err(link.about(told(what, &Status::new(code, message)))),
    }
    if response.cached_result {
        return Err(link.about(Error::refused(format!(
            "{what}: the server answered from its cache, which it was told not to: no rebuild was made"
        ))));
    }
    let none = || link.about(Error::malformed(format!("{what}: the server gives no result")));
    response
        .result
        .map(|result| Ended::Done(Box::new(result)))
        .ok_or_else(none)
}

/// Whether a status says that blobs are missing. One that gives no details is taken to.
fn misses(status: &rpc::Status) -> bool {
    let missing = |value: &[u8]| value.windows(7).any(|part| part == b"MISSING");
    status.details.is_empty() || status.details.iter().any(|any| missing(&any.value))
}

/// When it ran, by the worker's clock, in seconds since 1970.
pub(super) fn when(result: &ActionResult) -> Option<(i64, i64)> {
    let metadata = result.execution_metadata.as_ref()?;
    let seconds = |time: &Option<Timestamp>| time.as_ref().map(|time| time.seconds);
    let start = seconds(&metadata.execution_start_timestamp).or_else(|| seconds(&metadata.worker_start_timestamp))?;
    let end =
        seconds(&metadata.execution_completed_timestamp).or_else(|| seconds(&metadata.worker_completed_timestamp))?;
    Some((start, end.max(start)))
}
