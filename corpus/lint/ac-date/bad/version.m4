AC_DEFINE([BUILT], ["m4_esyscmd([date +%F])"], [When.])
