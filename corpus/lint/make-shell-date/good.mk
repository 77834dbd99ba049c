CPPFLAGS += -DBUILD_DATE="\"$(shell date -u -d @$(SOURCE_DATE_EPOCH) +%F)\""
CPPFLAGS += -DDAY="\"$(shell date -r ChangeLog +%F)\""
