problem-bank-unreadable = 题库文件无法读取，没有导入任何内容：{ $detail }
problem-bank-empty = 文件中没有可用的试题，没有导入任何内容：{ $detail }
problem-bank-unknown = 没有这个题库：{ $detail }。请从该项目的题库列表中选择。
problem-bank-too-small = 题库试题不够组成一套试卷，没有抽题：{ $detail }。请导入更大的题库。
problem-sets-unknown = 没有这批套题：{ $detail }。请从该项目的列表中选择。
problem-sets-state = 这批套题不能再发布：{ $detail }。请刷新列表查看当前状态。
problem-second-person-needed = 此操作须由第二人完成：组卷人不能自己发布套题。请同事来发布。
problem-bank-file-gone = 检查过的文件已经不在这里，没有导入任何内容。请重新选择文件再检查一次。
