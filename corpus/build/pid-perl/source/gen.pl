use strict;
use warnings;

open my $out, ">", "out.txt" or die $!;
print $out "# generated in work.$$\n";
close $out or die $!;
