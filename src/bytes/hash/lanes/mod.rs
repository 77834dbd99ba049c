//! SHA-256 of several messages at once on one thread.
//!
//! A round of SHA-256 waits for the one before it, so a single message leaves most of a core idle. Here the rounds of two messages are
//! interleaved, or one message lies in each element of a vector. Which of these a machine has is asked at run time; `sha2` is the
//! reference, does single messages, and everything on machines that have none.
//!
//! What runs for each block must be inlined to be worth anything, with little optimisation, too: so it has neither closures nor iterators, which are not.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
#[path = "sha2_arm.rs"]
mod sha;
#[cfg(target_arch = "x86_64")]
#[path = "sha_ni.rs"]
mod sha;
#[cfg(target_arch = "x86_64")]
mod wide;

use sha2::block_api::compress256;

/// What is hashed at a time.
pub type Block = [u8; 64];
/// What is known of a message so far.
type State = [u32; 8];
/// Word `n` of each message's state, in row `n`.
type States<const WIDTH: usize> = [[u32; WIDTH]; 8];

/// The most messages at once.
pub const MOST: usize = 16;

/// FIPS 180-4, 5.3.3.
const START: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// FIPS 180-4, 4.2.2.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[rustfmt::skip]
static K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Makes all as long as the shortest.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn shortest(messages: &mut [&[Block]]) -> usize {
    let count = messages.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    messages.iter_mut().for_each(|blocks| *blocks = &blocks[..count]);
    count
}

/// How it is done on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    wide: Option<Wide>,
    /// The processor has instructions for SHA-256, and lets two messages share them.
    pairs: bool,
}

/// One message in each element of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "x86 has them"))]
enum Wide {
    Avx2,
    Avx512,
}

impl Kernel {
    const PORTABLE: Kernel = Kernel {
        wide: None,
        pairs: false,
    };

    /// What this machine has.
    pub fn here() -> Self {
        Self::all().last().copied().unwrap_or(Self::PORTABLE)
    }

    /// All that work on this machine, the best one last.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![Self::PORTABLE];
        let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        let sha =
            is_x86_feature_detected!("sha") && is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1");
        let mut add = |wide, pairs| all.push(Kernel { wide, pairs });
        if is_x86_feature_detected!("avx2") {
            add(Some(Wide::Avx2), false);
        }
        if avx512 {
            add(Some(Wide::Avx512), false);
        }
        if sha {
            add(None, true);
        }
        if avx512 && sha {
            add(Some(Wide::Avx512), true);
        }
        all
    }

    #[cfg(target_arch = "aarch64")]
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![Self::PORTABLE];
        if std::arch::is_aarch64_feature_detected!("neon") && std::arch::is_aarch64_feature_detected!("sha2") {
            all.push(Kernel {
                wide: None,
                pairs: true,
            });
        }
        all
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(super) fn all() -> Vec<Self> {
        vec![Self::PORTABLE]
    }

    /// As people are told it.
    pub fn name(self) -> &'static str {
        match (self.wide, self.pairs) {
            (None, false) => "one file at a time",
            (None, true) => "2 files at once with the SHA extensions",
            (Some(Wide::Avx2), _) => "8 files at once with AVX2",
            (Some(Wide::Avx512), false) => "16 files at once with AVX-512",
            (Some(Wide::Avx512), true) => "16 files at once with AVX-512, 2 with the SHA extensions",
        }
    }

    /// How many messages are worth having at hand.
    pub fn width(self) -> usize {
        match self.wide {
            Some(Wide::Avx512) => 16,
            Some(Wide::Avx2) => 8,
            // Two pairs, so that a file that ends does not leave another alone.
            None if self.pairs => 4,
            None => 1,
        }
    }

    /// From how many messages on a whole vector costs less than each for itself, or pairs.
    fn worth(self) -> usize {
        if self.pairs { 12 } else { 3 }
    }
}

/// Messages that are hashed together.
pub struct Lanes {
    kernel: Kernel,
    states: States<MOST>,
}

impl Lanes {
    /// None begun.
    pub fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            states: [[0; MOST]; 8],
        }
    }

    /// Begins a message in lane `lane`, which is below [`Kernel::width`].
    pub fn begin(&mut self, lane: usize) {
        self.set(lane, START);
    }

    /// The digest of the message in a lane, once its padding was taken, too.
    pub fn digest(&self, lane: usize) -> [u8; 32] {
        let mut digest = [0; 32];
        let (words, _) = digest.as_chunks_mut::<4>();
        for (bytes, word) in words.iter_mut().zip(self.get(lane)) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    /// Takes the next blocks of messages: equally many of each, and each lane once.
    pub fn take(&mut self, work: &[(usize, &[Block])]) {
        let together = self.kernel.wide.filter(|_| work.len() >= self.kernel.worth());
        match (together, work) {
            (_, []) => {}
            (Some(wide), [(_, any), ..]) => self.together(wide, work, any),
            (None, _) if self.kernel.pairs => work.chunks(2).for_each(|pair| self.pair(pair)),
            (None, _) => work.iter().for_each(|one| self.one(*one)),
        }
    }

    /// Takes the next blocks of messages, each lane once, until none are left.
    pub(crate) fn take_all(&mut self, mut work: Vec<(usize, &[Block])>) {
        loop {
            work.retain(|(_, blocks)| !blocks.is_empty());
            let Some(count) = work.iter().map(|(_, blocks)| blocks.len()).min() else {
                return;
            };
            let next: Vec<(usize, &[Block])> = work.iter().map(|(lane, blocks)| (*lane, &blocks[..count])).collect();
            self.take(&next);
            work.iter_mut().for_each(|(_, blocks)| *blocks = &blocks[count..]);
        }
    }

    /// A lane that is not worked on takes another's blocks, which is then undone.
    #[cfg(target_arch = "x86_64")]
    fn together(&mut self, wide: Wide, work: &[(usize, &[Block])], any: &[Block]) {
        let before = self.states;
        let mut blocks = [any; MOST];
        for (lane, theirs) in work {
            blocks[*lane] = theirs;
        }
        match wide {
            // SAFETY: a kernel says so only where the processor was seen to have it (`Kernel::all`).
            #[allow(unsafe_code, reason = "the processor was asked")]
            Wide::Avx512 => unsafe { avx512::run(&mut self.states, blocks) },
            Wide::Avx2 => {
                let mut states = self.states.map(|row| std::array::from_fn(|lane| row[lane]));
                // SAFETY: as above.
                #[allow(unsafe_code, reason = "the processor was asked")]
                unsafe {
                    avx2::run(&mut states, std::array::from_fn(|lane| blocks[lane]));
                }
                for (row, found) in self.states.iter_mut().zip(states) {
                    row[..avx2::WIDTH].copy_from_slice(&found);
                }
            }
        }
        let idle = (0..MOST).filter(|lane| work.iter().all(|(busy, _)| busy != lane));
        for lane in idle {
            for (row, before) in self.states.iter_mut().zip(&before) {
                row[lane] = before[lane];
            }
        }
    }

    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    fn pair(&mut self, pair: &[(usize, &[Block])]) {
        let [(a, x), (b, y)] = *pair else {
            return pair.iter().for_each(|one| self.one(*one));
        };
        // SAFETY: as in `together`.
        #[allow(unsafe_code, reason = "the processor was asked")]
        let [for_a, for_b] = unsafe { sha::run([self.get(a), self.get(b)], [x, y]) };
        self.set(a, for_a);
        self.set(b, for_b);
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn together(&mut self, _: Wide, work: &[(usize, &[Block])], _: &[Block]) {
        self.pair(work);
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn pair(&mut self, pair: &[(usize, &[Block])]) {
        pair.iter().for_each(|one| self.one(*one));
    }

    fn one(&mut self, (lane, blocks): (usize, &[Block])) {
        let mut state = self.get(lane);
        compress256(&mut state, blocks);
        self.set(lane, state);
    }

    fn get(&self, lane: usize) -> State {
        self.states.map(|row| row[lane])
    }

    fn set(&mut self, lane: usize, state: State) {
        for (row, word) in self.states.iter_mut().zip(state) {
            row[lane] = word;
        }
    }
}

/// Room behind a message for its padding.
pub const PADDING: usize = 128;

/// Writes the padding of a message of `total` bytes behind its last bytes, which are the first `held` of the buffer and at least
/// [`PADDING`] shorter than it; gives how many blocks these are then.
pub(crate) fn pad(buffer: &mut [u8], held: usize, total: u64) -> usize {
    let blocks = (held + 9).div_ceil(64);
    let (end, length) = (blocks * 64, total.wrapping_mul(8).to_be_bytes());
    buffer[held..end].fill(0);
    buffer[held] = 0x80;
    buffer[end - 8..end].copy_from_slice(&length);
    blocks
}

#[cfg(test)]
mod tests;
