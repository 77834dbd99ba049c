//! SHA-256 with the SHA extensions of x86: a round waits for the one before it, so the rounds of several messages fill the gaps.

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi64, _mm_set_epi64x, _mm_sha256msg1_epu32,
    _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
};

use super::{Block, K, State};

/// The next blocks of `N` messages into their states; the messages are equally long.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(super) fn run<const N: usize>(mut states: [State; N], blocks: [&[Block]; N]) -> [State; N] {
    let mut packed = [[zero(); 2]; N];
    for lane in 0..N {
        packed[lane] = pack(&states[lane]);
    }
    let count = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    let blocks = blocks.map(|blocks| &blocks[..count]);
    for at in 0..count {
        let before = packed;
        let mut words = [[zero(); 4]; N];
        for lane in 0..N {
            words[lane] = load(&blocks[lane][at]);
        }
        // Not unrolled: a compiler that sees all rounds computes every schedule first, which serves no lane.
        for quarter in K[..48].as_chunks::<16>().0 {
            sixteen::<N, true>(&mut packed, &mut words, quarter);
        }
        sixteen::<N, false>(&mut packed, &mut words, &K[48..].as_chunks::<16>().0[0]);
        for lane in 0..N {
            for half in 0..2 {
                packed[lane][half] = _mm_add_epi32(packed[lane][half], before[lane][half]);
            }
        }
    }
    for lane in 0..N {
        states[lane] = unpack(packed[lane]);
    }
    states
}

/// Sixteen rounds of each message.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sixteen<const N: usize, const MORE: bool>(
    states: &mut [[__m128i; 2]; N],
    words: &mut [[__m128i; 4]; N],
    k: &[u32; 16],
) {
    let (k, _) = k.as_chunks::<4>();
    for lane in 0..N {
        four::<0, MORE>(&mut states[lane], &mut words[lane], vector(k[0]));
    }
    for lane in 0..N {
        four::<1, MORE>(&mut states[lane], &mut words[lane], vector(k[1]));
    }
    for lane in 0..N {
        four::<2, MORE>(&mut states[lane], &mut words[lane], vector(k[2]));
    }
    for lane in 0..N {
        four::<3, MORE>(&mut states[lane], &mut words[lane], vector(k[3]));
    }
}

/// Four rounds of one message, and the four words of its schedule that are used sixteen rounds later.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn four<const STEP: usize, const MORE: bool>(state: &mut [__m128i; 2], words: &mut [__m128i; 4], k: __m128i) {
    let [a, b, c, d] = [0, 1, 2, 3].map(|ahead| words[(STEP + ahead) & 3]);
    let sum = _mm_add_epi32(a, k);
    state[1] = _mm_sha256rnds2_epu32(state[1], state[0], sum);
    if MORE {
        let next = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8::<4>(d, c));
        words[STEP] = _mm_sha256msg2_epu32(next, d);
    }
    state[0] = _mm_sha256rnds2_epu32(state[0], state[1], _mm_shuffle_epi32::<0x0e>(sum));
}

#[inline]
#[target_feature(enable = "sse2")]
fn zero() -> __m128i {
    _mm_set_epi64x(0, 0)
}

#[inline]
#[target_feature(enable = "sse2")]
fn vector([a, b, c, d]: [u32; 4]) -> __m128i {
    let pair = |low: u32, high: u32| (u64::from(high) << 32 | u64::from(low)).cast_signed();
    _mm_set_epi64x(pair(c, d), pair(a, b))
}

/// The sixteen words of a block, four to a vector.
#[inline]
#[target_feature(enable = "sse2,ssse3")]
fn load(block: &Block) -> [__m128i; 4] {
    let swap = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let (halves, _) = block.as_chunks::<8>();
    let half = |at: usize| i64::from_le_bytes(halves[at]);
    [0, 2, 4, 6].map(|at| _mm_shuffle_epi8(_mm_set_epi64x(half(at + 1), half(at)), swap))
}

/// The order in which the instructions take a state: `[abef, cdgh]`.
#[inline]
#[target_feature(enable = "sse2,ssse3,sse4.1")]
fn pack(&[a, b, c, d, e, f, g, h]: &State) -> [__m128i; 2] {
    [vector([f, e, b, a]), vector([h, g, d, c])]
}

#[inline]
#[target_feature(enable = "sse2,ssse3,sse4.1")]
fn unpack([abef, cdgh]: [__m128i; 2]) -> State {
    let split = |pair: i64| [(pair >> 32) as u32, pair as u32];
    let ([a, b], [e, f]) = (split(_mm_extract_epi64::<1>(abef)), split(_mm_extract_epi64::<0>(abef)));
    let ([c, d], [g, h]) = (split(_mm_extract_epi64::<1>(cdgh)), split(_mm_extract_epi64::<0>(cdgh)));
    [a, b, c, d, e, f, g, h]
}
