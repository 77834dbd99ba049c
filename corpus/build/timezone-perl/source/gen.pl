use strict;
use warnings;

open my $out, ">", "out.txt" or die $!;
print $out join("-", (localtime 1_000_000_000)[0 .. 7]), "\n";
close $out or die $!;
