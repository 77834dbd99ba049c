CPPFLAGS += -DDATADIR="\"$(datadir)/calc\""
