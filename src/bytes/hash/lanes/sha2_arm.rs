//! SHA-256 with the SHA extensions of Arm: a round waits for the one before it, so the rounds of several messages fill the gaps.

#![allow(clippy::needless_range_loop, reason = "iterators are not inlined")]

use std::arch::aarch64::{
    uint32x4_t, vaddq_u32, vcombine_u64, vcreate_u64, vgetq_lane_u64, vreinterpretq_u8_u64, vreinterpretq_u32_u8,
    vreinterpretq_u32_u64, vreinterpretq_u64_u32, vrev32q_u8, vsha256h2q_u32, vsha256hq_u32, vsha256su0q_u32,
    vsha256su1q_u32,
};

use super::{Block, K, State, shortest};

/// The next blocks of `N` messages into their states; the messages are equally long.
#[target_feature(enable = "neon,sha2")]
pub(super) fn run<const N: usize>(mut states: [State; N], blocks: [&[Block]; N]) -> [State; N] {
    let mut packed = [[vector([0; 4]); 2]; N];
    for lane in 0..N {
        let [a, b, c, d, e, f, g, h] = states[lane];
        packed[lane] = [vector([a, b, c, d]), vector([e, f, g, h])];
    }
    let mut blocks = blocks;
    let count = shortest(&mut blocks);
    for at in 0..count {
        let before = packed;
        let mut words = [[vector([0; 4]); 4]; N];
        for lane in 0..N {
            words[lane] = load(&blocks[lane][at]);
        }
        let (quarters, _) = K.as_chunks::<16>();
        for quarter in &quarters[..3] {
            sixteen::<N, true>(&mut packed, &mut words, quarter);
        }
        sixteen::<N, false>(&mut packed, &mut words, &quarters[3]);
        for lane in 0..N {
            for half in 0..2 {
                packed[lane][half] = vaddq_u32(packed[lane][half], before[lane][half]);
            }
        }
    }
    for lane in 0..N {
        let ([a, b, c, d], [e, f, g, h]) = (unpack(packed[lane][0]), unpack(packed[lane][1]));
        states[lane] = [a, b, c, d, e, f, g, h];
    }
    states
}

/// Sixteen rounds of each message, and the words of the sixteen that follow them where there are `MORE`.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn sixteen<const N: usize, const MORE: bool>(
    states: &mut [[uint32x4_t; 2]; N],
    words: &mut [[uint32x4_t; 4]; N],
    k: &[u32; 16],
) {
    for (step, k) in k.as_chunks::<4>().0.iter().enumerate() {
        for lane in 0..N {
            let ([abcd, efgh], words) = (states[lane], &mut words[lane]);
            let sum = vaddq_u32(words[step], vector(*k));
            if MORE {
                let (b, c, d) = (words[(step + 1) & 3], words[(step + 2) & 3], words[(step + 3) & 3]);
                words[step] = vsha256su1q_u32(vsha256su0q_u32(words[step], b), c, d);
            }
            states[lane] = [vsha256hq_u32(abcd, efgh, sum), vsha256h2q_u32(efgh, abcd, sum)];
        }
    }
}

/// The sixteen words of a block, four to a vector.
#[inline]
#[target_feature(enable = "neon")]
fn load(block: &Block) -> [uint32x4_t; 4] {
    let (halves, _) = block.as_chunks::<8>();
    [
        swapped(halves[0], halves[1]),
        swapped(halves[2], halves[3]),
        swapped(halves[4], halves[5]),
        swapped(halves[6], halves[7]),
    ]
}

#[inline]
#[target_feature(enable = "neon")]
fn swapped(low: [u8; 8], high: [u8; 8]) -> uint32x4_t {
    let (low, high) = (
        vcreate_u64(u64::from_le_bytes(low)),
        vcreate_u64(u64::from_le_bytes(high)),
    );
    vreinterpretq_u32_u8(vrev32q_u8(vreinterpretq_u8_u64(vcombine_u64(low, high))))
}

#[inline]
#[target_feature(enable = "neon")]
fn vector([a, b, c, d]: [u32; 4]) -> uint32x4_t {
    let (low, high) = (u64::from(b) << 32 | u64::from(a), u64::from(d) << 32 | u64::from(c));
    vreinterpretq_u32_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(high)))
}

#[inline]
#[target_feature(enable = "neon")]
fn unpack(vector: uint32x4_t) -> [u32; 4] {
    let pairs = vreinterpretq_u64_u32(vector);
    let (low, high) = (vgetq_lane_u64::<0>(pairs), vgetq_lane_u64::<1>(pairs));
    [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}
