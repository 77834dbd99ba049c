use strict;
use warnings;

my %option = map { $_ => 1 } "a" .. "z";
print "$_ $ENV{COLUMNS}\n" for keys %option;
