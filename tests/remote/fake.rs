//! Servers that are wrong in one respect, and right in what comes before it.

use bazel_remote_apis::{
    build::bazel::{
        remote::execution::v2::{
            ActionResult, BatchReadBlobsRequest, BatchReadBlobsResponse, BatchUpdateBlobsRequest,
            BatchUpdateBlobsResponse, CacheCapabilities, Digest, ExecuteRequest, ExecuteResponse,
            ExecutionCapabilities, FindMissingBlobsRequest, FindMissingBlobsResponse, GetCapabilitiesRequest,
            GetChunkMappingRequest, GetChunkMappingResponse, GetTreeRequest, GetTreeResponse, OutputFile,
            RegisterChunkMappingRequest, RegisterChunkMappingResponse, ServerCapabilities, SpliceBlobRequest,
            SpliceBlobResponse, SplitBlobRequest, SplitBlobResponse, WaitExecutionRequest, batch_read_blobs_response,
            batch_update_blobs_request, batch_update_blobs_response,
            capabilities_server::{Capabilities, CapabilitiesServer},
            compressor::Value as Compressor,
            content_addressable_storage_server::{ContentAddressableStorage, ContentAddressableStorageServer},
            digest_function::Value as Function,
            execution_server::{Execution, ExecutionServer},
        },
        semver::SemVer,
    },
    google::{
        longrunning::{Operation, operation},
        protobuf::Any,
        rpc,
    },
};
use prost::Message as _;
use std::{
    io::Read as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tokio::runtime::Builder;
use tokio_stream::Iter;
use tonic::{
    Request, Response, Status,
    transport::{Server, ServerTlsConfig},
};

/// In what a server is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It speaks version 3 only.
    Version,
    /// It names blobs by BLAKE3 only.
    Digests,
    /// It denies whatever is asked without a token.
    Denies,
    /// It never answers.
    Hangs,
    /// It accepts an action, and never answers to that.
    HangsLater,
    /// It answers from its cache, though told not to.
    Caches,
    /// The bytes of the blobs that it sends are not what their names say.
    Bytes,
    /// An output lies outside of the input root.
    Escapes,
    /// It has nothing, and takes only what is compressed: not wrong.
    Packs,
    /// It is unavailable twice, then well: not wrong.
    Recovers,
}

/// The token that a server takes.
pub const TOKEN: &str = "let-me-in";

#[derive(Clone)]
struct Fake {
    wrong: Wrong,
    /// How often it was asked.
    asked: Arc<AtomicUsize>,
}

/// Starts a server that is wrong; its address. It ends with the tests.
pub fn start(wrong: Wrong) -> String {
    format!("grpc://{}", serve(wrong, Server::builder()))
}

/// Starts one that is well, with encryption.
pub fn start_encrypted(tls: ServerTlsConfig) -> String {
    let address = serve(Wrong::Recovers, Server::builder().tls_config(tls).unwrap());
    format!("grpcs://localhost:{}", address.port())
}

fn serve(wrong: Wrong, mut builder: Server) -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let fake = Fake {
        wrong,
        asked: Arc::default(),
    };
    thread::spawn(move || {
        let serve = builder
            .add_service(CapabilitiesServer::new(fake.clone()))
            .add_service(ContentAddressableStorageServer::new(fake.clone()))
            .add_service(ExecutionServer::new(fake))
            .serve(address);
        Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(serve)
            .unwrap();
    });
    while std::net::TcpStream::connect(address).is_err() {
        thread::yield_now();
    }
    address
}

type Answer<T> = Result<Response<T>, Status>;
type Stream<T> = Iter<std::vec::IntoIter<Result<T, Status>>>;

fn nothing<T>() -> Answer<T> {
    Err(Status::unimplemented("not here"))
}

fn digest(bytes: &[u8]) -> Digest {
    Digest {
        hash: repro::bytes::digest::Algorithm::Sha256.digest(bytes).to_string(),
        size_bytes: i64::try_from(bytes.len()).unwrap(),
    }
}

/// Whether a blob is what its name says; larger ones, compressed.
fn taken(request: &batch_update_blobs_request::Request) -> bool {
    let packed = request.compressor == i32::from(Compressor::Zstd);
    let mut data = request.data.clone();
    if packed {
        data.clear();
        let mut decoder = ruzstd::decoding::StreamingDecoder::new(request.data.as_slice()).unwrap();
        decoder.read_to_end(&mut data).unwrap();
    }
    request.digest.as_ref() == Some(&digest(&data)) && (packed || data.len() < 4096)
}

#[tonic::async_trait]
impl Capabilities for Fake {
    async fn get_capabilities(&self, request: Request<GetCapabilitiesRequest>) -> Answer<ServerCapabilities> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        let token = request.metadata().get("authorization");
        match self.wrong {
            Wrong::Hangs => std::future::pending::<()>().await,
            Wrong::Denies if token.is_none_or(|token| token != &format!("Bearer {TOKEN}")) => {
                return Err(Status::permission_denied("who are you?"));
            }
            Wrong::Recovers if before < 2 => return Err(Status::unavailable("just now")),
            _ => {}
        }
        let major = if self.wrong == Wrong::Version { 3 } else { 2 };
        let function = if self.wrong == Wrong::Digests {
            Function::Blake3
        } else {
            Function::Sha256
        };
        let version = Some(SemVer {
            major,
            ..SemVer::default()
        });
        let zstd = match self.wrong {
            Wrong::Packs => vec![Compressor::Zstd.into()],
            _ => Vec::new(),
        };
        Ok(Response::new(ServerCapabilities {
            low_api_version: version.clone(),
            high_api_version: version,
            cache_capabilities: Some(CacheCapabilities {
                digest_functions: vec![function.into()],
                supported_batch_update_compressors: zstd,
                ..CacheCapabilities::default()
            }),
            execution_capabilities: Some(ExecutionCapabilities {
                exec_enabled: true,
                ..ExecutionCapabilities::default()
            }),
            ..ServerCapabilities::default()
        }))
    }
}

#[tonic::async_trait]
impl ContentAddressableStorage for Fake {
    /// It has whatever is asked about, or nothing.
    async fn find_missing_blobs(&self, request: Request<FindMissingBlobsRequest>) -> Answer<FindMissingBlobsResponse> {
        let mut missing_blob_digests = request.into_inner().blob_digests;
        if self.wrong != Wrong::Packs {
            missing_blob_digests.clear();
        }
        Ok(Response::new(FindMissingBlobsResponse { missing_blob_digests }))
    }
    async fn batch_update_blobs(&self, request: Request<BatchUpdateBlobsRequest>) -> Answer<BatchUpdateBlobsResponse> {
        let each = request.into_inner().requests.into_iter();
        let responses = each.map(|request| batch_update_blobs_response::Response {
            status: Some(rpc::Status {
                code: i32::from(!taken(&request)) * 3,
                ..rpc::Status::default()
            }),
            digest: request.digest,
        });
        Ok(Response::new(BatchUpdateBlobsResponse {
            responses: responses.collect(),
        }))
    }
    /// Bytes of the right number.
    async fn batch_read_blobs(&self, request: Request<BatchReadBlobsRequest>) -> Answer<BatchReadBlobsResponse> {
        let each = request.into_inner().digests.into_iter();
        let responses = each.map(|digest| batch_read_blobs_response::Response {
            data: vec![b'x'; usize::try_from(digest.size_bytes).unwrap()],
            digest: Some(digest),
            ..batch_read_blobs_response::Response::default()
        });
        Ok(Response::new(BatchReadBlobsResponse {
            responses: responses.collect(),
        }))
    }
    type GetTreeStream = Stream<GetTreeResponse>;
    async fn get_tree(&self, _: Request<GetTreeRequest>) -> Answer<Self::GetTreeStream> {
        nothing()
    }
    async fn split_blob(&self, _: Request<SplitBlobRequest>) -> Answer<SplitBlobResponse> {
        nothing()
    }
    type GetChunkMappingStream = Stream<GetChunkMappingResponse>;
    async fn get_chunk_mapping(&self, _: Request<GetChunkMappingRequest>) -> Answer<Self::GetChunkMappingStream> {
        nothing()
    }
    async fn splice_blob(&self, _: Request<SpliceBlobRequest>) -> Answer<SpliceBlobResponse> {
        nothing()
    }
    async fn register_chunk_mapping(
        &self,
        _: Request<tonic::Streaming<RegisterChunkMappingRequest>>,
    ) -> Answer<RegisterChunkMappingResponse> {
        nothing()
    }
}

#[tonic::async_trait]
impl Execution for Fake {
    type ExecuteStream = Stream<Operation>;
    /// Makes one file, with another name of its bytes each time.
    async fn execute(&self, _: Request<ExecuteRequest>) -> Answer<Self::ExecuteStream> {
        if self.wrong == Wrong::HangsLater {
            std::future::pending::<()>().await;
        }
        let run = match self.wrong {
            Wrong::Packs => 0,
            _ => self.asked.fetch_add(1, Ordering::Relaxed),
        };
        let path = if self.wrong == Wrong::Escapes {
            "../../made"
        } else {
            "source/made"
        };
        let result = ActionResult {
            output_files: vec![OutputFile {
                path: path.to_owned(),
                digest: Some(digest(format!("made by run {run}").as_bytes())),
                ..OutputFile::default()
            }],
            ..ActionResult::default()
        };
        let response = ExecuteResponse {
            result: Some(result),
            cached_result: self.wrong == Wrong::Caches,
            ..ExecuteResponse::default()
        };
        let operation = Operation {
            name: "one".to_owned(),
            done: true,
            result: Some(operation::Result::Response(Any {
                type_url: "type.googleapis.com/build.bazel.remote.execution.v2.ExecuteResponse".to_owned(),
                value: response.encode_to_vec(),
            })),
            ..Operation::default()
        };
        Ok(Response::new(tokio_stream::iter(vec![Ok(operation)])))
    }
    type WaitExecutionStream = Stream<Operation>;
    async fn wait_execution(&self, _: Request<WaitExecutionRequest>) -> Answer<Self::WaitExecutionStream> {
        nothing()
    }
}
