;;; x.el --- y
;; Author: z
;; Package-Version: 20240101.1200
;; Package-Requires: ((emacs "27.1"))
(provide 'x)
