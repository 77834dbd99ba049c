//! The two checksums of ext4, of which erofs has one: CRC-32C (Castagnoli) and CRC-16 (ANSI).

/// CRC-32C over more bytes, as the kernel has it: without the inversions at both ends.
pub(super) fn crc32c(seed: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(seed, |crc, &b| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ b)])
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut crc, mut bit) = (index as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

/// CRC-16 over more bytes.
pub(super) fn crc16(seed: u16, bytes: &[u8]) -> u16 {
    let step = |crc: u16, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 };
    bytes.iter().fold(seed, |crc, &b| (0..8).fold(crc ^ u16::from(b), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_their_check_values_say() {
        assert_eq!(!crc32c(!0, b"123456789"), 0xe306_9283);
        assert_eq!(crc16(0, b"123456789"), 0xbb3d);
    }
}
