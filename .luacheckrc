std = "lua54"
max_line_length = 110
unused_args = false
