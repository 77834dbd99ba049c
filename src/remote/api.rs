//! The messages and clients of the Remote Execution API, by short names.

pub(super) use bazel_remote_apis::{
    build::bazel::remote::execution::v2::{
        Action, ActionResult, BatchReadBlobsRequest, BatchUpdateBlobsRequest, Command, Digest, Directory,
        DirectoryNode, ExecuteOperationMetadata, ExecuteRequest, ExecuteResponse, FileNode, FindMissingBlobsRequest,
        GetActionResultRequest, GetCapabilitiesRequest, Platform, RequestMetadata, ServerCapabilities, SymlinkNode,
        ToolDetails, Tree, WaitExecutionRequest, action_cache_client::ActionCacheClient, batch_update_blobs_request,
        capabilities_client::CapabilitiesClient, command::EnvironmentVariable, compressor::Value as Compressor,
        content_addressable_storage_client::ContentAddressableStorageClient, digest_function::Value as DigestFunction,
        execution_client::ExecutionClient, execution_stage::Value as Stage, platform::Property,
    },
    build::bazel::semver::SemVer,
    google::{
        bytestream::{QueryWriteStatusRequest, ReadRequest, WriteRequest, byte_stream_client::ByteStreamClient},
        longrunning::{Operation, operation},
        protobuf::{Duration, Timestamp},
        rpc,
    },
};
