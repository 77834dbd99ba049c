use strict;
use warnings;

my %option = map { $_ => 1 } "a" .. "z";
print "$_\n" for keys %option;
