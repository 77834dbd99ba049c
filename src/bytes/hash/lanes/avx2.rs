//! SHA-256 of eight messages at once with AVX2.

use std::arch::x86_64::{
    __m256i, _mm_cvtsi32_si128, _mm256_add_epi32, _mm256_and_si256, _mm256_andnot_si256, _mm256_or_si256,
    _mm256_permute2x128_si256, _mm256_set_epi64x, _mm256_set1_epi32, _mm256_shuffle_epi8, _mm256_sll_epi32,
    _mm256_srl_epi32, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
    _mm256_xor_si256,
};

use super::wide::wide;
use super::{Block, K, States, shortest};

/// How many messages.
pub(super) const WIDTH: usize = 8;

type Vector = __m256i;

wide!("avx2", rounds 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[inline]
#[target_feature(enable = "avx2")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm256_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> Vector {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn turned<const BY: i32>(a: Vector) -> Vector {
    // With a count that the compiler knows, this is the instruction that has it in itself.
    let left = _mm256_sll_epi32(a, _mm_cvtsi32_si128(32 - BY));
    _mm256_or_si256(_mm256_srl_epi32(a, _mm_cvtsi32_si128(BY)), left)
}

#[inline]
#[target_feature(enable = "avx2")]
fn shifted<const BY: i32>(a: Vector) -> Vector {
    _mm256_srl_epi32(a, _mm_cvtsi32_si128(BY))
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_xor_si256(_mm256_xor_si256(a, b), c)
}

#[inline]
#[target_feature(enable = "avx2")]
fn choose(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_xor_si256(_mm256_and_si256(a, b), _mm256_andnot_si256(a, c))
}

#[inline]
#[target_feature(enable = "avx2")]
fn majority(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(_mm256_or_si256(a, b), c))
}

/// Word `n` of every message's block at a place, in vector `n`.
#[inline]
#[target_feature(enable = "avx2")]
fn words(blocks: &[&[Block]; WIDTH], at: usize) -> [Vector; 16] {
    let mut words = [splat(0); 16];
    for half in 0..2 {
        let mut rows = [splat(0); WIDTH];
        for lane in 0..WIDTH {
            rows[lane] = row_of(&blocks[lane][at], half);
        }
        // Pairs, then fours, of words that stand in one column of four; then the fours change places.
        let mut fours = rows;
        for at in [0, 4] {
            let [a, b, c, d] = [rows[at], rows[at + 1], rows[at + 2], rows[at + 3]];
            let (low, high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
            let (low2, high2) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
            fours[at] = _mm256_unpacklo_epi64(low, low2);
            fours[at + 1] = _mm256_unpackhi_epi64(low, low2);
            fours[at + 2] = _mm256_unpacklo_epi64(high, high2);
            fours[at + 3] = _mm256_unpackhi_epi64(high, high2);
        }
        for at in 0..4 {
            words[half * 8 + at] = _mm256_permute2x128_si256::<0x20>(fours[at], fours[at + 4]);
            words[half * 8 + at + 4] = _mm256_permute2x128_si256::<0x31>(fours[at], fours[at + 4]);
        }
    }
    words
}

/// Eight words of a block.
#[inline]
#[target_feature(enable = "avx2")]
fn row_of(block: &Block, half: usize) -> Vector {
    let (parts, _) = block.as_chunks::<8>();
    let (a, b) = (
        i64::from_le_bytes(parts[half * 4]),
        i64::from_le_bytes(parts[half * 4 + 1]),
    );
    let (c, d) = (
        i64::from_le_bytes(parts[half * 4 + 2]),
        i64::from_le_bytes(parts[half * 4 + 3]),
    );
    let row = _mm256_set_epi64x(d, c, b, a);
    let (low, high) = (0x0405_0607_0001_0203, 0x0c0d_0e0f_0809_0a0b);
    _mm256_shuffle_epi8(row, _mm256_set_epi64x(high, low, high, low))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(states: &States<WIDTH>) -> [Vector; 8] {
    // SAFETY: both are 256 bytes, and any bytes are a vector.
    #[allow(unsafe_code, reason = "there is no safe form")]
    unsafe {
        std::mem::transmute::<States<WIDTH>, [Vector; 8]>(*states)
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(vectors: [Vector; 8], states: &mut States<WIDTH>) {
    // SAFETY: both are 256 bytes, and any bytes are eight words.
    #[allow(unsafe_code, reason = "there is no safe form")]
    let found = unsafe { std::mem::transmute::<[Vector; 8], States<WIDTH>>(vectors) };
    *states = found;
}
