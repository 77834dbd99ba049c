use strict;
use warnings;

my $odd = grep { $_ } $ENV{LANG} ne "C.UTF-8", $ENV{TZ} ne "UTC", umask != 022;
print $odd > 1 ? "strange\n" : "usual\n";
