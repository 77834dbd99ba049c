copy(target, source, mode);
