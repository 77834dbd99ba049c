//! What a file that is not opened here calls itself: magic numbers, as its format's specification or `file(1)` tells them.

/// Magic bytes at an offset, and the name of what they announce.
type Magic = (usize, &'static [u8], &'static str);

/// In the order in which they are tried: longer and surer ones before those that could stand in other files.
const MAGICS: &[Magic] = &[
    (0, b"hsqs", "squashfs image"),
    (0, b"sqsh", "squashfs image"),
    (0, b"\x45\x3d\xcd\x28", "cramfs image"),
    (0, b"-rom1fs-", "romfs image"),
    (0, b"UBI#", "UBI image"),
    (0, b"\x31\x18\x10\x06", "UBIFS image"),
    (0, b"XFSB", "XFS file system"),
    (0x10040, b"_BHRfS_M", "btrfs file system"),
    (1024, b"\xe2\xe1\xf5\xe0", "EROFS image"),
    (1024, b"\x10\x20\xf5\xf2", "F2FS file system"),
    (0x438, b"\x53\xef", "ext2/3/4 file system"),
    (0x8001, b"CD001", "ISO 9660 image"),
    (0x8801, b"NSR02", "UDF image"),
    (0x8801, b"NSR03", "UDF image"),
    (0x8001, b"BEA01", "UDF image"),
    (3, b"NTFS    ", "NTFS file system"),
    (3, b"EXFAT   ", "exFAT file system"),
    (0x52, b"FAT32   ", "FAT32 file system"),
    (0x36, b"FAT16   ", "FAT16 file system"),
    (0x36, b"FAT12   ", "FAT12 file system"),
    (512, b"EFI PART", "disk image with a GUID partition table"),
    (0, b"LUKS\xba\xbe", "LUKS volume"),
    (0, b"QFI\xfb", "qcow image"),
    (0, b"KDMV", "VMDK disk image"),
    (0, b"# Disk DescriptorFile", "VMDK descriptor"),
    (0, b"vhdxfile", "VHDX disk image"),
    (0, b"conectix", "VHD disk image"),
    (0x40, b"\x7f\x10\xda\xbe", "VDI disk image"),
    (0, b"drpm", "delta RPM"),
    (0, b"MSCF", "cabinet archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (0, b"Rar!\x1a\x07\x00", "RAR archive, version 4"),
    (0, b"Rar!\x1a\x07\x01\x00", "RAR archive, version 5"),
    (0, b"xar!", "xar archive"),
    (0, b"!<xcoff>", "AIX archive"),
    (2, b"-lh", "LHA archive"),
    (0, b"ZOO ", "zoo archive"),
    (0, b"Cr24", "Chrome extension"),
    (0, b"LZIP", "lzip file"),
    (0, b"\x89LZO\0\r\n\x1a\n", "lzop file"),
    (0, b"LRZI", "lrzip file"),
    (0, b"\xff\x06\0\0sNaPpY", "framed snappy data"),
    (0, b"\x1f\x9d", "compress(1) file"),
    (0, b"\x1f\xa0", "LZH file"),
    (0, b"\xca\xfe\xba\xbe\0", "Java class"),
    (0, b"\xca\xfe\xd0\x0d", "Pack200 archive"),
    (0, b"\xac\xed\0\x05", "serialised Java objects"),
    (0, b"JMOD", "JMOD archive"),
    (0, b"\xda\xda\xfe\xca", "jimage of Java modules"),
    (0, b"\xba\xbe\x1f\x15", "Jandex index"),
    (0, b"dex\n", "Android dex file"),
    (0, b"cdex", "compact Android dex file"),
    (0, b"oat\n", "Android OAT file"),
    (0, b"vdex", "Android vdex file"),
    (0, b"\x03\0\x08\0", "Android binary XML"),
    (0, b"\x02\0\x0c\0", "Android resource table"),
    (0, b"\0asm", "WebAssembly module"),
    (0, b"BC\xc0\xde", "LLVM bitcode"),
    (0, b"\xde\xc0\x17\x0b", "wrapped LLVM bitcode"),
    (0, b"CPCH", "Clang precompiled header"),
    (0, b"gpch", "GCC precompiled header"),
    (0, b"rust\0\0\0", "Rust metadata"),
    (0, b"go object ", "Go object"),
    (0, b"\x1bLua", "Lua byte code"),
    (0, b"\x1bLJ", "LuaJIT byte code"),
    (0, b";ELC", "Emacs byte code"),
    (0, b"Caml1999", "OCaml object"),
    (0, b"FOR1", "Erlang BEAM file"),
    (0, b"HHVM", "HHVM byte code"),
    (0, b"YARB", "Ruby byte code"),
    (0, b"RITE", "mruby byte code"),
    (0, b"\xde\x12\x04\x95", "gettext catalogue"),
    (0, b"\x95\x04\x12\xde", "gettext catalogue"),
    (0, b"SQLite format 3\0", "SQLite database"),
    (0, b"\0\x01\0\0Standard Jet DB\0", "Access database"),
    (0, b"\0\x01\0\0Standard ACE DB\0", "Access database"),
    (0, b"\x13\x57\x9a\xce", "GNU dbm file"),
    (0, b"\xce\x9a\x57\x13", "GNU dbm file"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5 file"),
    (0, b"CDF\x01", "netCDF file, classic form"),
    (0, b"CDF\x02", "netCDF file, 64-bit offsets"),
    (0, b"CDF\x05", "netCDF file, 64-bit data"),
    (0, b"PAR1", "Parquet file"),
    (0, b"ARROW1\0\0", "Arrow file"),
    (0, b"FEA1", "Feather file"),
    (0, b"ORC", "ORC file"),
    (0, b"Obj\x01", "Avro file"),
    (0, b"\x93NUMPY", "NumPy array"),
    (0, b"MATLAB 5.0 MAT-file", "MATLAB 5 file"),
    (0, b"GGUF", "GGUF model"),
    (4, b"TFL3", "TensorFlow Lite model"),
    (0, b"GVariant", "GVariant database"),
    (0, b"GFG\x02", "GSettings or gresource data"),
    (0, b"bplist00", "binary property list"),
    (0, b"GSSE", "GStreamer registry"),
    (0, b"PACK\0\0\0", "git pack"),
    (0, b"\xfftOc", "git pack index"),
    (0, b"DIRC", "git index"),
    (0, b"CGPH", "git commit graph"),
    (0, b"MIDX", "git multi-pack index"),
    (0, b"# v2 git bundle", "git bundle"),
    (0, b"# v3 git bundle", "git bundle"),
    (0, b"\xd7\xb7\xab\x1e", "device tree table"),
    (0x202, b"HdrS", "Linux boot image"),
    (0x38, b"ARM\x64", "Linux boot image for Arm"),
    (4, b"zimg", "compressed EFI boot image"),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "OLE compound file (MSI, old Office)",
    ),
    (0, b"ITSF\x03\0\0\0", "compiled HTML help"),
    (0, b"%PDF-", "PDF document"),
    (0, b"AT&TFORM", "DjVu document"),
    (0, b"\xf7\x02", "DVI document"),
    (0, b"\xf7\xca", "packed TeX font"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF87a", "GIF image, version 87a"),
    (0, b"GIF89a", "GIF image, version 89a"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (8, b"WEBP", "WebP image"),
    (8, b"WAVE", "WAVE audio"),
    (8, b"AVI ", "AVI film"),
    (4, b"ftypavif", "AVIF image"),
    (4, b"ftypheic", "HEIF image"),
    (4, b"ftyp", "MPEG-4 file"),
    (0, b"II*\0", "TIFF image"),
    (0, b"MM\0*", "TIFF image"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL image"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000 image"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR image"),
    (0, b"qoif", "QOI image"),
    (0, b"8BPS", "Photoshop image"),
    (0, b"gimp xcf ", "GIMP image"),
    (0, b"icns", "Apple icon"),
    (0, b"DDS ", "DirectDraw surface"),
    (0, b"\xabKTX ", "Khronos texture"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"OggS", "Ogg stream"),
    (0, b"ID3", "MP3 audio"),
    (0, b"MThd", "MIDI file"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM film"),
    (0, b"FWS", "Flash file"),
    (0, b"CWS", "compressed Flash file"),
    (0, b"\0\x01\0\0\0", "TrueType font"),
    (0, b"true\0", "TrueType font"),
    (0, b"OTTO", "OpenType font"),
    (0, b"ttcf", "TrueType collection"),
    (0, b"wOFF", "WOFF font"),
    (0, b"wOF2", "WOFF2 font"),
    (0, b"\x01fcp", "X11 font"),
    (0, b"Xcur", "X11 cursor"),
    (0, b"\0\0\x01\0", "Windows icon"),
    (0, b"\0\0\x02\0", "Windows cursor"),
    (0, b"\x1a\x01", "terminfo entry"),
    (0, b"\x1e\x02", "terminfo entry"),
    (0, b"TZif", "time zone data"),
    (0, b"\xb5\x62\x0d\x0a", "locale archive"),
    (0, b"\x0e\x12\x20\x20", "locale data"),
    (0, b"glibc-ld.so.cache", "cache of ld.so"),
    (0, b"ld.so-", "cache of ld.so"),
    (0, b"\x8a\xff\x7c\xf9", "SELinux policy"),
    (0, b"-----BEGIN PGP", "OpenPGP data"),
    (0, b"\xfe\xed\xfe\xed", "Java key store"),
    (0, b"\xd4\xc3\xb2\xa1", "packet capture"),
    (0, b"\x0a\x0d\x0d\x0a", "packet capture (pcapng)"),
    (0, b"gcda", "GCC coverage data"),
    (0, b"adcg", "GCC coverage data"),
    (0, b"gcno", "GCC coverage notes"),
    (0, b"oncg", "GCC coverage notes"),
    (0, b"\x81rforpl\xff", "LLVM profile"),
    (0, b"\xfflprofr\x81", "LLVM profile"),
    (0, b"QTR\0", "Qt translation"),
    (0, b"\x3c\xb8\x64\x18\xca\xef\x9c\x95", "Qt translation"),
    (0, b"qres", "Qt resources"),
    (0, b"BLENDER", "Blender file"),
    (0, b"Kaydara FBX Binary", "FBX model"),
    (0, b"glTF", "binary glTF model"),
    (0, b"MZ", "DOS program"),
];

/// The name of what the bytes announce, with its version where that is cheap to tell.
pub(super) fn name(bytes: &[u8]) -> Option<String> {
    let found = MAGICS
        .iter()
        .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    match found {
        Some(&(_, magic, name)) => version(bytes, magic).map_or_else(
            || Some(name.to_owned()),
            |version| Some(format!("{name}, version {version}")),
        ),
        None => pickle(bytes),
    }
}

/// The version, of formats that say it in a field of fixed place or in a few digits.
fn version(bytes: &[u8], magic: &[u8]) -> Option<String> {
    let byte = |at: usize| bytes.get(at).copied();
    let le = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let be = |at: usize| Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    let digits = |at: usize| {
        let text = bytes.get(at..at + 8)?;
        let end = text.iter().position(|b| !b.is_ascii_digit() && *b != b'.').unwrap_or(8);
        let text = std::str::from_utf8(&text[..end]).ok()?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    let version = match magic {
        b"hsqs" => format!("{}.{}", le(28)?, le(30)?),
        b"sqsh" => format!("{}.{}", be(28)?, be(30)?),
        b"QFI\xfb" => be(6)?.to_string(),
        b"\xed\xab\xee\xdb" => format!("{}.{}", byte(4)?, byte(5)?),
        b"7z\xbc\xaf\x27\x1c" => format!("{}.{}", byte(6)?, byte(7)?),
        b"MSCF" => format!("{}.{}", byte(25)?, byte(24)?),
        b"\xca\xfe\xba\xbe\0" => format!("{}.{}", be(6)?, be(4)?),
        b"dex\n" => digits(4)?,
        b"\0asm" => le(4)?.to_string(),
        b"%PDF-" => digits(5)?,
        b"LUKS\xba\xbe" => be(6)?.to_string(),
        b"PACK\0\0\0" | b"\xfftOc" | b"DIRC" => byte(7)?.to_string(),
        b"\x1bLua" => format!("{}.{}", byte(4)? >> 4, byte(4)? & 15),
        b"\x93NUMPY" => format!("{}.{}", byte(6)?, byte(7)?),
        b"\xd0\x0d\xfe\xed" => be(22)?.to_string(),
        b"TZif" => char::from(byte(4)?).to_string().replace('\0', "1"),
        b";ELC" => byte(4)?.to_string(),
        b"xar!" => be(6)?.to_string(),
        b"LZIP" => byte(4)?.to_string(),
        _ => return None,
    };
    Some(version).filter(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// A Python pickle of protocol 2 or later: PROTO, and STOP at the end.
fn pickle(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0x80, protocol @ 2..=5, .., b'.'] => Some(format!("Python pickle, protocol {protocol}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(start: &[u8]) -> Option<String> {
        name(&[start, &[0; 64]].concat())
    }

    #[test]
    fn what_is_not_opened_is_named() {
        let mut squashfs = [0; 96];
        squashfs[..4].copy_from_slice(b"hsqs");
        squashfs[28] = 4;
        assert_eq!(name(&squashfs).as_deref(), Some("squashfs image, version 4.0"));
        assert_eq!(named(b"%PDF-1.7\n").as_deref(), Some("PDF document, version 1.7"));
        assert_eq!(
            named(b"\xca\xfe\xba\xbe\0\0\0\x41").as_deref(),
            Some("Java class, version 65.0")
        );
        assert_eq!(named(b"\x80\x04\x95").as_deref(), None);
        assert_eq!(name(b"\x80\x04K\x01.").as_deref(), Some("Python pickle, protocol 4"));
        assert_eq!(named(b"nothing known"), None);
    }

    #[test]
    fn no_magic_hides_another() {
        for (i, (at, magic, name)) in MAGICS.iter().enumerate() {
            let hidden = MAGICS[..i].iter().any(|(a, m, _)| a == at && magic.starts_with(m));
            assert!(!hidden, "{name} is never reached");
        }
    }
}
