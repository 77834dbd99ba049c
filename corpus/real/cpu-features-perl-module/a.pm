package Config;
our $config = {
  has_sse2 => 1,
  has_avx2 => 1,
  has_fma => 1,
};
1;
