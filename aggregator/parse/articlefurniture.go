package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Furniture is what stands around a text on every page of a site.

var (
	furniture = regexp.MustCompile(`^[\s【\[（(|丨·•>»]*(?:` +
		`上一[篇条页]|下一[篇条页]|分享(?:到|至|给|本文|：|:|$)|一键分享|扫一扫|扫描二维码|微信扫|用微信|长按|打印(?:本[页文]|】|$|\s)|【?打印】?|关闭(?:窗口|本页|】|$|\s)|收藏(?:本[页文]|】|$|\s)|字[号體体][:：大小中\s]|【?字体|A\+|T\s*T|` +
		`(?:[大中小]\s*){2,3}$|返回(?:顶部|首页|列表|上级)?$|加入收藏|设为首页|网站地图|无障碍|长辈版|适老|繁体|简体|纠错|我要纠错|【纠错】|举报|点赞|评论|我要评论|` +
		`浏览(?:次数|量)?[:：]|阅读(?:次数|量)?[:：]|点击(?:数|次数|量)?[:：]|来源[:：]\s*$|责任编辑[:：]\s*$|编辑[:：]\s*$|` +
		`版权(?:所有|声明)|免责声明|特别声明|如需转载|未经.{0,12}(?:授权|许可|同意)|转载请|凡本[网站]|本[网站]声明|声明[:：]|更多精彩|点击(?:查看|进入|下载|阅读原文|上方|下方|左下|蓝字|关注)|网址[:：]|本文(?:地址|网址|链接)[:：]|原文(?:链接|地址)[:：]|阅读原文|责任编辑$|` +
		`友善列印|列印|轉寄|分享至|回上一頁|回頂端|回首頁|字級|点击关注|关注我们|图集$|\+1$|朗读|语音播报|手机看新闻|用手机继续|您访问的链接|` +
		`(?i:share(?: this)?(?: page| article| on .{3,12})?$|print(?: this)?(?: page)?$|back to top$|skip to .{3,20}$|facebook$|twitter$|email$|tweet$|close$|subscribe$|read more$|ツイート$|シェア$|印刷$|ページの先頭))`)
	headTool = regexp.MustCompile(`^(?:[\s|丨·【】\[\]（）()]*(?:微信|微博|QQ|QQ空间|Qzone|QQ好友|新浪微博|朋友圈|大|中|小|超大|标准|字号|字体|打印|关闭|收藏|分享|评论|\d{1,6}|次|A|[+\-]|朗读|复制链接|保护视力色|繁體|网址)[\s|丨·【】\[\]（）()]*)+$`)
	related  = regexp.MustCompile(`^[\s【\[■◆●▍|丨·#>»]*(?:相关(?:新闻|阅读|文章|报道|推荐|链接|内容|资讯|信息|稿件|专题|主题)|延伸阅读|推荐阅读|推荐新闻|热门推荐|热门新闻|热点(?:新闻|推荐)|精彩推荐|猜你喜欢|为您推荐|更多(?:新闻|阅读|相关|内容)|往期(?:回顾|精彩|推荐)|最新(?:新闻|文章|资讯|评论|动态)|网友评论|热门评论|跟贴|图片推荐|编辑推荐|大家都在看|今日推荐|网友跟贴|网友留言|全部评论|最新跟贴|跟贴\d*|评论\d*|` +
		`文明上网.{0,12}|参与讨论|我要评论|发表评论|` +
		`お問い合わせ先?|この記事に関する.{0,12}|相關(?:新聞|報導|文章|連結|閱讀)|延伸閱讀|熱門新聞|関連(?:記事|ニュース|リンク)|おすすめ|(?i:related(?: (?:news|articles|stories|content|links|posts|pages|information))?|see also|more (?:news|stories)|you may also like|latest news|most (?:read|popular)))[】\]:：\s]*(?:更多.{0,3}|more)?$`)
	footer = regexp.MustCompile(`(?i)^[\s【\[]*(?:版权(?:所有|声明)|Copyright|©|网站声明|免责声明|关于我们|联系我们|主办单位?[:：]|主办[:：]|承办[:：]|[\p{Han}]{1,4}ICP备|.{0,20}公网安备|网站标识码|地址[:：].{0,40}(?:邮编|电话)|All rights reserved|著作權|版權所有)`)
)

// How lines of the foot begin, headings of other articles, and all that ends a text.
const (
	footerBegins    = "版CcＣ©网免关联主承地A著"
	neighbourBegins = "上前下后後次PpNn"
	relatedBegins   = "相延推热精猜为更往最网热跟图编大今全评文参我发関お熱こRrMmYyLlSs"
	tailBegins      = footerBegins + relatedBegins + neighbourBegins
)

// beginsWith tells whether a text begins with one of some characters, marks before it passed over.
func beginsWith(s, any string) bool {
	for _, c := range s {
		if c <= ' ' || strings.ContainsRune("\u3000【[（(丨|·•>»＞〉<＜«‹←›→■◆●▍#*", c) {
			continue
		}
		return strings.ContainsRune(any, c)
	}
	return false
}

func isFurniture(s string) bool {
	if strings.HasPrefix(s, "本") && !strings.HasPrefix(s, "本网") && !strings.HasPrefix(s, "本站") && !strings.HasPrefix(s, "本文") {
		return false // 本报讯
	}
	return len(s) < 400 && beginsWith(s, "上下分一扫微用长打关關收字AT大中小返加设网無无适繁简纠我举点點赞评浏阅来责编版免特如未转凡本声更友列轉回手您朗语图原网+SsPpBbFfTtEeCcRrツシ印ペ") && furniture.MatchString(s) && utf8.RuneCountInString(s) < 130
}

func isHeadTool(s string) bool { return len(s) < 90 && headTool.MatchString(s) }

func isRelated(s string) bool {
	return len(s) < 90 && beginsWith(s, relatedBegins) && related.MatchString(s)
}

func isFooter(s string) bool {
	return len(s) < 600 && (beginsWith(s, footerBegins) || strings.Contains(s, "ICP") || strings.Contains(s, "公网安备")) && footer.MatchString(s)
}
