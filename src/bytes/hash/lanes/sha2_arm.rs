//! SHA-256 with the SHA extensions of Arm: a round waits for the one before it, so the rounds of several messages fill the gaps.

use std::arch::aarch64::{
    uint32x4_t, vaddq_u32, vcombine_u64, vcreate_u64, vgetq_lane_u64, vreinterpretq_u8_u64, vreinterpretq_u32_u8,
    vreinterpretq_u32_u64, vreinterpretq_u64_u32, vrev32q_u8, vsha256h2q_u32, vsha256hq_u32, vsha256su0q_u32,
    vsha256su1q_u32,
};

use super::{Block, K, State};

/// The next blocks of `N` messages into their states; the messages are equally long.
#[target_feature(enable = "neon,sha2")]
pub(super) fn run<const N: usize>(mut states: [State; N], blocks: [&[Block]; N]) -> [State; N] {
    let mut packed = [[vector([0; 4]); 2]; N];
    for lane in 0..N {
        let [a, b, c, d, e, f, g, h] = states[lane];
        packed[lane] = [vector([a, b, c, d]), vector([e, f, g, h])];
    }
    let count = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    let blocks = blocks.map(|blocks| &blocks[..count]);
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
                let [b, c, d] = [1, 2, 3].map(|ahead| words[(step + ahead) & 3]);
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
    let half = |at: usize| vcreate_u64(u64::from_le_bytes(halves[at]));
    [0, 2, 4, 6].map(|at| {
        let bytes = vreinterpretq_u8_u64(vcombine_u64(half(at), half(at + 1)));
        vreinterpretq_u32_u8(vrev32q_u8(bytes))
    })
}

#[inline]
#[target_feature(enable = "neon")]
fn vector([a, b, c, d]: [u32; 4]) -> uint32x4_t {
    let pair = |low: u32, high: u32| vcreate_u64(u64::from(high) << 32 | u64::from(low));
    vreinterpretq_u32_u64(vcombine_u64(pair(a, b), pair(c, d)))
}

#[inline]
#[target_feature(enable = "neon")]
fn unpack(vector: uint32x4_t) -> [u32; 4] {
    let pairs = vreinterpretq_u64_u32(vector);
    let (low, high) = (vgetq_lane_u64::<0>(pairs), vgetq_lane_u64::<1>(pairs));
    [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32]
}
