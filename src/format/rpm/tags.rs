//! Tags, by their numbers: what the data of each are for. `rpmtag.h` of rpm 4.18.

use crate::model::Role;

/// A tag.
#[derive(Debug)]
pub(super) struct Tag {
    number: u32,
    pub(super) name: &'static str,
    pub(super) role: Role,
    pub(super) key: Key,
}

/// What the values of a list are called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// There is one value, or they speak for themselves.
    Own,
    /// The files of the package.
    File,
    /// The names of another list, by its tag.
    Of(u32),
}

pub(super) const SIZES: u32 = 1028;
pub(super) const LONG_SIZES: u32 = 5008;
pub(super) const MODES: u32 = 1030;
pub(super) const FOLDER_OF: u32 = 1116;
pub(super) const BASENAMES: u32 = 1117;
pub(super) const FOLDERS: u32 = 1118;
pub(super) const INODES: u32 = 1096;

pub(super) fn find(known: &'static [Tag], number: u32) -> Option<&'static Tag> {
    known
        .binary_search_by_key(&number, |tag| tag.number)
        .ok()
        .map(|i| &known[i])
}

const fn one(number: u32, name: &'static str, role: Role) -> Tag {
    Tag {
        number,
        name,
        role,
        key: Key::Own,
    }
}
const fn file(number: u32, name: &'static str, role: Role) -> Tag {
    Tag {
        number,
        name,
        role,
        key: Key::File,
    }
}
const fn of(number: u32, name: &'static str, names: u32) -> Tag {
    // What a package needs and what it runs is nothing that a cause may account for.
    Tag {
        number,
        name,
        role: Role::Link,
        key: Key::Of(names),
    }
}
/// Text that rpm acts on: scripts, and what packages need of each other.
const fn acts(number: u32, name: &'static str) -> Tag {
    one(number, name, Role::Link)
}

/// Tags of the header of signatures, in order.
pub(super) const SIGNATURE: &[Tag] = &[
    one(62, "HEADERSIGNATURES", Role::Offset),
    one(267, "DSAHEADER", Role::Signature),
    one(268, "RSAHEADER", Role::Signature),
    one(269, "SHA1HEADER", Role::Checksum),
    one(270, "LONGSIGSIZE", Role::Size),
    one(271, "LONGARCHIVESIZE", Role::Size),
    one(273, "SHA256HEADER", Role::Checksum),
    file(274, "FILESIGNATURES", Role::Signature),
    one(275, "FILESIGNATURELENGTH", Role::Structure),
    file(276, "VERITYSIGNATURES", Role::Signature),
    one(277, "VERITYSIGNATUREALGO", Role::Structure),
    one(278, "OPENPGP", Role::Signature),
    one(1000, "SIGSIZE", Role::Size),
    one(1002, "SIGPGP", Role::Signature),
    one(1004, "SIGMD5", Role::Checksum),
    one(1005, "SIGGPG", Role::Signature),
    one(1007, "PAYLOADSIZE", Role::Size),
    one(1008, "RESERVEDSPACE", Role::Padding),
];

/// Tags of the main header, in order.
pub(super) const MAIN: &[Tag] = &[
    one(63, "HEADERIMMUTABLE", Role::Offset),
    one(100, "HEADERI18NTABLE", Role::String),
    one(1000, "NAME", Role::Link),
    one(1001, "VERSION", Role::Link),
    one(1002, "RELEASE", Role::Link),
    one(1003, "EPOCH", Role::Structure),
    one(1004, "SUMMARY", Role::String),
    one(1005, "DESCRIPTION", Role::String),
    one(1006, "BUILDTIME", Role::Timestamp),
    one(1007, "BUILDHOST", Role::String),
    one(1009, "SIZE", Role::Size),
    one(1010, "DISTRIBUTION", Role::String),
    one(1011, "VENDOR", Role::String),
    one(1014, "LICENSE", Role::String),
    one(1015, "PACKAGER", Role::String),
    one(1016, "GROUP", Role::String),
    one(1020, "URL", Role::String),
    acts(1021, "OS"),
    acts(1022, "ARCH"),
    acts(1023, "PREIN"),
    acts(1024, "POSTIN"),
    acts(1025, "PREUN"),
    acts(1026, "POSTUN"),
    file(SIZES, "FILESIZES", Role::Size),
    file(1029, "FILESTATES", Role::Structure),
    file(MODES, "FILEMODES", Role::Mode),
    file(1033, "FILERDEVS", Role::Structure),
    file(1034, "FILEMTIMES", Role::Timestamp),
    file(1035, "FILEDIGESTS", Role::Checksum),
    file(1036, "FILELINKTOS", Role::Link),
    file(1037, "FILEFLAGS", Role::Structure),
    file(1039, "FILEUSERNAME", Role::Owner),
    file(1040, "FILEGROUPNAME", Role::Owner),
    one(1044, "SOURCERPM", Role::String),
    file(1045, "FILEVERIFYFLAGS", Role::Structure),
    one(1046, "ARCHIVESIZE", Role::Size),
    acts(1047, "PROVIDENAME"),
    of(1048, "REQUIREFLAGS", 1049),
    acts(1049, "REQUIRENAME"),
    of(1050, "REQUIREVERSION", 1049),
    of(1053, "CONFLICTFLAGS", 1054),
    acts(1054, "CONFLICTNAME"),
    of(1055, "CONFLICTVERSION", 1054),
    one(1064, "RPMVERSION", Role::Version),
    acts(1065, "TRIGGERSCRIPTS"),
    acts(1066, "TRIGGERNAME"),
    acts(1067, "TRIGGERVERSION"),
    acts(1068, "TRIGGERFLAGS"),
    acts(1069, "TRIGGERINDEX"),
    acts(1079, "VERIFYSCRIPT"),
    one(1080, "CHANGELOGTIME", Role::Content),
    one(1081, "CHANGELOGNAME", Role::String),
    one(1082, "CHANGELOGTEXT", Role::String),
    acts(1085, "PREINPROG"),
    acts(1086, "POSTINPROG"),
    acts(1087, "PREUNPROG"),
    acts(1088, "POSTUNPROG"),
    acts(1090, "OBSOLETENAME"),
    acts(1091, "VERIFYSCRIPTPROG"),
    acts(1092, "TRIGGERSCRIPTPROG"),
    one(1094, "COOKIE", Role::String),
    file(1095, "FILEDEVICES", Role::Inode),
    file(INODES, "FILEINODES", Role::Inode),
    file(1097, "FILELANGS", Role::Structure),
    acts(1098, "PREFIXES"),
    of(1112, "PROVIDEFLAGS", 1047),
    of(1113, "PROVIDEVERSION", 1047),
    of(1114, "OBSOLETEFLAGS", 1090),
    of(1115, "OBSOLETEVERSION", 1090),
    file(FOLDER_OF, "DIRINDEXES", Role::Structure),
    one(BASENAMES, "BASENAMES", Role::Name),
    one(FOLDERS, "DIRNAMES", Role::Name),
    one(1122, "OPTFLAGS", Role::String),
    one(1124, "PAYLOADFORMAT", Role::Structure),
    one(1125, "PAYLOADCOMPRESSOR", Role::Checksum),
    one(1126, "PAYLOADFLAGS", Role::Compression),
    one(1132, "PLATFORM", Role::String),
    file(1140, "FILECOLORS", Role::Structure),
    file(1141, "FILECLASS", Role::Structure),
    one(1142, "CLASSDICT", Role::String),
    file(1143, "FILEDEPENDSX", Role::Structure),
    file(1144, "FILEDEPENDSN", Role::Structure),
    one(1145, "DEPENDSDICT", Role::Structure),
    one(1146, "SOURCEPKGID", Role::Content),
    acts(1151, "PRETRANS"),
    acts(1152, "POSTTRANS"),
    acts(1153, "PRETRANSPROG"),
    acts(1154, "POSTTRANSPROG"),
    file(LONG_SIZES, "LONGFILESIZES", Role::Size),
    one(5009, "LONGSIZE", Role::Size),
    file(5010, "FILECAPS", Role::Link),
    one(5011, "FILEDIGESTALGO", Role::Structure),
    one(5012, "BUGURL", Role::String),
    acts(5034, "VCS"),
    acts(5046, "RECOMMENDNAME"),
    of(5047, "RECOMMENDVERSION", 5046),
    of(5048, "RECOMMENDFLAGS", 5046),
    acts(5049, "SUGGESTNAME"),
    of(5050, "SUGGESTVERSION", 5049),
    of(5051, "SUGGESTFLAGS", 5049),
    acts(5052, "SUPPLEMENTNAME"),
    of(5053, "SUPPLEMENTVERSION", 5052),
    of(5054, "SUPPLEMENTFLAGS", 5052),
    acts(5055, "ENHANCENAME"),
    of(5056, "ENHANCEVERSION", 5055),
    of(5057, "ENHANCEFLAGS", 5055),
    one(5062, "ENCODING", Role::Structure),
    acts(5066, "FILETRIGGERSCRIPTS"),
    acts(5076, "TRANSFILETRIGGERSCRIPTS"),
    one(5092, "PAYLOADDIGEST", Role::Checksum),
    one(5093, "PAYLOADDIGESTALGO", Role::Structure),
    one(5096, "MODULARITYLABEL", Role::Link),
    one(5097, "PAYLOADDIGESTALT", Role::Checksum),
];
