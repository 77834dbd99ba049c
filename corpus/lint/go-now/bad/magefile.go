//go:build mage

package main

import (
	"time"

	"github.com/magefile/mage/sh"
)

func Build() error {
	ldflags := "-X main.date=" + time.Now().Format(time.RFC3339)
	return sh.Run("go", "build", "-ldflags", ldflags, "./cmd/app")
}
