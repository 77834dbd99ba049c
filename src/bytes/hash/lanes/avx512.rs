//! SHA-256 of sixteen messages at once with AVX-512.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_ror_epi32, _mm512_set_epi64, _mm512_set1_epi32, _mm512_shuffle_epi8,
    _mm512_shuffle_i32x4, _mm512_srli_epi32, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::wide::wide;
use super::{Block, K, States, shortest};

/// How many messages.
pub(super) const WIDTH: usize = 16;

type Vector = __m512i;

wide!("avx512f,avx512bw", rounds 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add(a: Vector, b: Vector) -> Vector {
    _mm512_add_epi32(a, b)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn splat(word: u32) -> Vector {
    _mm512_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn turned<const BY: i32>(a: Vector) -> Vector {
    _mm512_ror_epi32::<BY>(a)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn shifted<const BY: u32>(a: Vector) -> Vector {
    _mm512_srli_epi32::<BY>(a)
}

// The last number is the truth table of what is made of the three.

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0x96>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn choose(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0xca>(a, b, c)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn majority(a: Vector, b: Vector, c: Vector) -> Vector {
    _mm512_ternarylogic_epi32::<0xe8>(a, b, c)
}

/// Word `n` of every message's block at a place, in vector `n`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn words(blocks: &[&[Block]; WIDTH], at: usize) -> [Vector; 16] {
    let mut rows = [splat(0); 16];
    for lane in 0..WIDTH {
        rows[lane] = row_of(&blocks[lane][at]);
    }
    // Pairs, then fours, of words that stand in one column of four; then the fours change places.
    let mut fours = rows;
    for at in [0, 4, 8, 12] {
        let [a, b, c, d] = [rows[at], rows[at + 1], rows[at + 2], rows[at + 3]];
        let (low, high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (low2, high2) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        fours[at] = _mm512_unpacklo_epi64(low, low2);
        fours[at + 1] = _mm512_unpackhi_epi64(low, low2);
        fours[at + 2] = _mm512_unpacklo_epi64(high, high2);
        fours[at + 3] = _mm512_unpackhi_epi64(high, high2);
    }
    for at in 0..4 {
        let [a, b, c, d] = [fours[at], fours[at + 4], fours[at + 8], fours[at + 12]];
        let (ab, ab2) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
        let (cd, cd2) = (_mm512_shuffle_i32x4::<0x88>(c, d), _mm512_shuffle_i32x4::<0xdd>(c, d));
        rows[at] = _mm512_shuffle_i32x4::<0x88>(ab, cd);
        rows[at + 4] = _mm512_shuffle_i32x4::<0x88>(ab2, cd2);
        rows[at + 8] = _mm512_shuffle_i32x4::<0xdd>(ab, cd);
        rows[at + 12] = _mm512_shuffle_i32x4::<0xdd>(ab2, cd2);
    }
    rows
}

/// The sixteen words of a block.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn row_of(block: &Block) -> Vector {
    let (parts, _) = block.as_chunks::<8>();
    let row = _mm512_set_epi64(
        i64::from_le_bytes(parts[7]),
        i64::from_le_bytes(parts[6]),
        i64::from_le_bytes(parts[5]),
        i64::from_le_bytes(parts[4]),
        i64::from_le_bytes(parts[3]),
        i64::from_le_bytes(parts[2]),
        i64::from_le_bytes(parts[1]),
        i64::from_le_bytes(parts[0]),
    );
    let (low, high) = (0x0405_0607_0001_0203, 0x0c0d_0e0f_0809_0a0b);
    _mm512_shuffle_epi8(row, _mm512_set_epi64(high, low, high, low, high, low, high, low))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load(states: &States<WIDTH>) -> [Vector; 8] {
    // SAFETY: both are 512 bytes, and any bytes are a vector.
    #[allow(unsafe_code, reason = "there is no safe form")]
    unsafe {
        std::mem::transmute::<States<WIDTH>, [Vector; 8]>(*states)
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store(vectors: [Vector; 8], states: &mut States<WIDTH>) {
    // SAFETY: both are 512 bytes, and any bytes are sixteen words.
    #[allow(unsafe_code, reason = "there is no safe form")]
    let found = unsafe { std::mem::transmute::<[Vector; 8], States<WIDTH>>(vectors) };
    *states = found;
}
