//! The loopback interface of a new network namespace, which is down at first.

use super::kernel::saying;
use crate::bytes::Error;
use std::io;

/// Brings `lo` up: tests of a build talk to themselves.
pub(super) fn up() -> Result<(), Error> {
    let socket = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::DGRAM, None)
        .map_err(saying("can't open a socket"))?;
    // SAFETY: `ifreq` is plain data, valid when all zero.
    #[allow(unsafe_code)]
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: SIOCSIFFLAGS reads an `ifreq`, which outlives the call (netdevice(7)).
    #[allow(unsafe_code)]
    let result = unsafe {
        libc::ioctl(
            std::os::fd::AsRawFd::as_raw_fd(&socket),
            libc::SIOCSIFFLAGS,
            &raw const request,
        )
    };
    if result == 0 {
        return Ok(());
    }
    Err(saying("can't bring the loopback interface up")(
        io::Error::last_os_error(),
    ))
}
