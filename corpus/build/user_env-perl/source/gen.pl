use strict;
use warnings;

open my $out, ">", "out.txt" or die $!;
print $out "by $ENV{LOGNAME}\n";
close $out or die $!;
