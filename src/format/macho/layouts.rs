//! Where the fields of the header, of load commands and of sections lie: by the offsets of goblin's structures.

use crate::format::structures::{Layout, layout};
use goblin::mach::{
    header::{Header32, Header64},
    load_command::{
        BuildVersionCommand, DyldInfoCommand, DylibCommand, DysymtabCommand, EntryPointCommand, LinkeditDataCommand,
        LoadCommandHeader, RpathCommand, Section32, Section64, SegmentCommand32, SegmentCommand64,
        SourceVersionCommand, SymtabCommand, VersionMinCommand,
    },
};

/// The file's header.
pub(super) fn header(wide: bool) -> Layout {
    macro_rules! header {
        ($structure:ty $(, $more:ident)?) => {
            layout!($structure {
                magic: "magic",
                cputype: "processor",
                cpusubtype: "kind of processor",
                filetype: "type",
                ncmds: "number of load commands",
                sizeofcmds: "size of load commands",
                flags: "flags",
                $($more: "reserved",)?
            })
        };
    }
    if wide {
        header!(Header64, reserved)
    } else {
        header!(Header32)
    }
}

/// The header of a section in a segment's command.
pub(super) fn section(wide: bool) -> Layout {
    macro_rules! section {
        ($structure:ty) => {
            layout!($structure {
                sectname: "name",
                segname: "segment",
                addr: "address",
                size: "size",
                offset: "position",
                align: "alignment",
                reloff: "relocations",
                nreloc: "number of relocations",
                flags: "flags",
                reserved1: "reserved",
            })
        };
    }
    if wide { section!(Section64) } else { section!(Section32) }
}

fn segment(wide: bool) -> Layout {
    macro_rules! segment {
        ($structure:ty) => {
            layout!($structure {
                cmd: "command",
                cmdsize: "command size",
                segname: "name",
                vmaddr: "address",
                vmsize: "memory size",
                fileoff: "position",
                filesize: "size",
                maxprot: "most rights",
                initprot: "first rights",
                nsects: "number of sections",
                flags: "flags",
            })
        };
    }
    if wide {
        segment!(SegmentCommand64)
    } else {
        segment!(SegmentCommand32)
    }
}

pub(super) const SYMTAB: Layout = layout!(SymtabCommand {
    cmd: "command",
    symoff: "position",
    nsyms: "size",
    stroff: "strings",
    strsize: "size of strings",
});
pub(super) const LINKEDIT: Layout = layout!(LinkeditDataCommand {
    cmd: "command",
    dataoff: "position",
    datasize: "size",
});
pub(super) const BUILD: Layout = layout!(BuildVersionCommand {
    cmd: "command",
    cmdsize: "command size",
    platform: "platform",
    minos: "least version",
    sdk: "SDK version",
    ntools: "number of tools",
});
const COMMAND: Layout = layout!(LoadCommandHeader {
    cmd: "command",
    cmdsize: "command size",
});
const VERSION_MIN: Layout = layout!(VersionMinCommand {
    cmd: "command",
    cmdsize: "command size",
    version: "least version",
    sdk: "SDK version",
});
const RUN_PATH: Layout = layout!(RpathCommand {
    cmd: "command",
    cmdsize: "command size",
    path: "offset of the path",
});
const LIBRARY: Layout = layout!(DylibCommand {
    cmd: "command",
    cmdsize: "command size",
    dylib.name: "offset of the path",
    dylib.timestamp: "time",
    dylib.current_version: "version",
    dylib.compatibility_version: "compatible with version",
});
const MAIN: Layout = layout!(EntryPointCommand {
    cmd: "command",
    cmdsize: "command size",
    entryoff: "entry point",
    stacksize: "stack size",
});
const SOURCE: Layout = layout!(SourceVersionCommand {
    cmd: "command",
    cmdsize: "command size",
    version: "version",
});
const DYNAMIC_SYMBOLS: Layout = layout!(DysymtabCommand {
    cmd: "command",
    cmdsize: "command size",
    ilocalsym: "first local symbol",
    nlocalsym: "local symbols",
    iextdefsym: "first defined symbol",
    nextdefsym: "defined symbols",
    iundefsym: "first undefined symbol",
    nundefsym: "undefined symbols",
    tocoff: "contents",
    ntoc: "entries of the contents",
    modtaboff: "modules",
    nmodtab: "number of modules",
    extrefsymoff: "references",
    nextrefsyms: "number of references",
    indirectsymoff: "indirect symbols",
    nindirectsyms: "number of indirect symbols",
    extreloff: "external relocations",
    nextrel: "number of external relocations",
    locreloff: "local relocations",
    nlocrel: "number of local relocations",
});
const LOADER: Layout = layout!(DyldInfoCommand {
    cmd: "command",
    cmdsize: "command size",
    rebase_off: "rebasing",
    rebase_size: "size of rebasing",
    bind_off: "binding",
    bind_size: "size of binding",
    weak_bind_off: "weak binding",
    weak_bind_size: "size of weak binding",
    lazy_bind_off: "lazy binding",
    lazy_bind_size: "size of lazy binding",
    export_off: "exports",
    export_size: "size of exports",
});

/// The fields of a command by its name. A command may be shorter; of one that is not known, only the head is told.
pub(super) fn of(name: &str, wide: bool) -> Layout {
    match name {
        "LC_SEGMENT" => segment(wide),
        "LC_BUILD_VERSION" => BUILD,
        "LC_VERSION_MIN" => VERSION_MIN,
        "LC_RPATH" => RUN_PATH,
        "LC_ID_DYLIB" | "LC_LOAD_DYLIB" => LIBRARY,
        "LC_MAIN" => MAIN,
        "LC_SOURCE_VERSION" => SOURCE,
        "LC_DYSYMTAB" => DYNAMIC_SYMBOLS,
        "LC_DYLD_INFO" => LOADER,
        _ => COMMAND,
    }
}
