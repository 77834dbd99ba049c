;;; -*- lexical-binding: t -*-
(let ((g12 1)) g12)
