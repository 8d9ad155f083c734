package render

import (
	"slices"
	"strings"
)

// part sorts a role, in any of the words for it, into author, editor, or contributor: one who wrote
// nothing but checked it, answers for it, or took the pictures.
func part(role string) string {
	role = strings.ToLower(role)
	switch ends := func(end string) bool { return strings.HasSuffix(role, end) }; {
	case role == "editor", role == "managingeditor", slices.ContainsFunc(editing, ends):
		return "editor"
	case strings.Contains(role, "文/"), role == "视频记者", role == "图文", role == "文图": // who wrote as well
		return "author"
	case slices.ContainsFunc(helping, ends):
		return "contributor"
	}
	return "author"
}

// How the words end for those parts.
var (
	editing = strings.Fields(`编辑 編輯 责编 責編 美编 編集 편집`)
	helping = strings.Fields(`contributor publisher webmaster photographer 校对 校對 校稿 校审 审校 審校 审核 審核 审稿 审签 审读 复核
		初审 初審 复审 複審 终审 終審 一审 二审 三审 四审 一審 二審 三審 编审 編審 签发 签审 核稿 监制 監製 出品 总监 总监制 主编 主編 总编 總編 编委
		策划 策劃 统筹 統籌 供图 供圖 制图 製圖 绘图 图 圖 图片 圖片 照片 摄 攝 摄影 攝影 摄像 攝像 摄影师 攝影師 视频 剪辑 拍摄 航拍 配音 播音
		主播 海报 设计 排版 写真 撮影 사진`)
)
