;;; -*- lexical-binding: t -*-
(let ((g13 1)) g13)
