print "built ".gmtime($ENV{SOURCE_DATE_EPOCH} // time)."\n";
