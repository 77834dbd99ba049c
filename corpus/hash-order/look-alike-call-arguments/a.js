copy(source, target, mode);
