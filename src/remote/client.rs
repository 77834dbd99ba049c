//! A connection to a server, for callers that wait.

use super::{
    api::{ActionCacheClient, ActionResult, GetActionResultRequest},
    blob::{BlobId, Pieces},
    download,
    execute::{self, Ended},
    link::Link,
    outputs::{self, Outputs},
    server::Server,
    upload::{self, Sent},
};
use crate::bytes::{Error, Kind};
use std::{collections::BTreeMap, future::Future, path::Path, sync::Mutex, time::Duration};
use tokio::runtime::{Builder, Runtime};

/// How often what a server has lost is sent again.
const LOST: usize = 3;

/// A server that was asked what it can.
pub struct Remote {
    runtime: Runtime,
    link: Link,
    sent: Mutex<Sent>,
}

impl Remote {
    /// Connects.
    ///
    /// # Errors
    /// The server can't be reached in time, denies it, speaks another version, or names blobs otherwise.
    pub fn connect(server: &Server) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::io(&error).about("can't wait for a server"))?;
        let link = runtime.block_on(Link::open(server))?;
        Ok(Self {
            runtime,
            link,
            sent: Mutex::default(),
        })
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.link.server
    }

    /// What was sent so far.
    pub fn sent(&self) -> Sent {
        *self.sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn about(&self, error: Error) -> Error {
        self.link.about(error)
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    fn upload(&self, pieces: &Pieces) -> Result<(), Error> {
        let sent = self.wait(upload::upload(&self.link, pieces))?;
        self.sent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .add(&sent);
        Ok(())
    }

    /// Runs an action of which the server should have all but these pieces.
    pub(super) fn try_run(&self, action: BlobId, pieces: &Pieces, timeout: Duration) -> Result<Ended, Error> {
        self.upload(pieces)?;
        self.wait(execute::execute(&self.link, action, timeout))
    }

    /// Sends what an action needs, and runs it.
    pub(super) fn run(&self, action: BlobId, pieces: &Pieces, timeout: Duration) -> Result<Ended, Error> {
        let mut why = String::new();
        for _ in 0..LOST {
            match self.try_run(action, pieces, timeout)? {
                Ended::Missing(what) => why = what,
                ended => return Ok(ended),
            }
        }
        Err(self.about(Error::failed(format!(
            "action {action}: the server does not keep what it needs ({why})"
        ))))
    }

    /// What the server remembers of an action, if anything.
    pub(super) fn remembered(&self, action: BlobId) -> Result<Option<ActionResult>, Error> {
        let asked = GetActionResultRequest {
            instance_name: self.link.instance(),
            action_digest: Some(action.tell()),
            ..GetActionResultRequest::default()
        };
        let found = self.wait(self.link.call(&format!("result of action {action}"), async || {
            let mut client = ActionCacheClient::new(self.link.channel.clone());
            client.get_action_result(self.link.request(asked.clone())).await
        }));
        match found {
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    /// Reads a message.
    pub(super) fn message<M: prost::Message + Default>(&self, id: BlobId, what: &str) -> Result<M, Error> {
        let bytes = self.read(&[id])?.remove(&id);
        let none = || self.about(Error::not_found(format!("the server does not have {what} {id}")));
        let message = M::decode(bytes.ok_or_else(none)?.as_slice());
        message.map_err(|error| self.about(Error::malformed(format!("{what} {id} can't be read: {error}"))))
    }

    /// Reads blobs; those that the server has not are left out.
    pub(super) fn read(&self, ids: &[BlobId]) -> Result<BTreeMap<BlobId, Vec<u8>>, Error> {
        self.wait(download::read(&self.link, ids))
    }

    /// What an action has made.
    pub(super) fn outputs(&self, result: &ActionResult) -> Result<Outputs, Error> {
        self.wait(outputs::read(&self.link, result))
    }

    /// Writes a blob into a new file, which is there only if all of it came as it was asked for.
    pub(super) fn save(&self, id: BlobId, path: &Path) -> Result<(), Error> {
        self.wait(download::save(&self.link, id, path))
    }
}
