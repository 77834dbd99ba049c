//! SHA-256 with the SHA extensions of x86: a round waits for the one before it, so the rounds of several messages fill the gaps.

#![allow(clippy::needless_range_loop, reason = "iterators are not inlined")]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi64, _mm_set_epi64x, _mm_sha256msg1_epu32,
    _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
};

use super::{Block, K, State, shortest};

/// The next blocks of `N` messages into their states; the messages are equally long.
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(super) fn run<const N: usize>(mut states: [State; N], blocks: [&[Block]; N]) -> [State; N] {
    let mut packed = [[zero(); 2]; N];
    for lane in 0..N {
        packed[lane] = pack(&states[lane]);
    }
    let mut blocks = blocks;
    let count = shortest(&mut blocks);
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
    let (a, b) = (words[STEP], words[(STEP + 1) & 3]);
    let (c, d) = (words[(STEP + 2) & 3], words[(STEP + 3) & 3]);
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
    let low = (u64::from(b) << 32 | u64::from(a)).cast_signed();
    let high = (u64::from(d) << 32 | u64::from(c)).cast_signed();
    _mm_set_epi64x(high, low)
}

/// The sixteen words of a block, four to a vector.
#[inline]
#[target_feature(enable = "sse2,ssse3")]
fn load(block: &Block) -> [__m128i; 4] {
    let (halves, _) = block.as_chunks::<8>();
    [
        swapped(halves[0], halves[1]),
        swapped(halves[2], halves[3]),
        swapped(halves[4], halves[5]),
        swapped(halves[6], halves[7]),
    ]
}

#[inline]
#[target_feature(enable = "sse2,ssse3")]
fn swapped(low: [u8; 8], high: [u8; 8]) -> __m128i {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm_shuffle_epi8(_mm_set_epi64x(i64::from_le_bytes(high), i64::from_le_bytes(low)), order)
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
