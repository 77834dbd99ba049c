use strict;
use warnings;

print "generated ", scalar gmtime, "\n";
