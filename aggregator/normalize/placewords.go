package normalize

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The words of the grammar of place names.
var (
	// units end a name, the longer first.
	units = strings.Fields(`街道办事处 经济开发区 经济技术开发区 高新技术产业开发区 自治区 自治州 自治县 自治旗 开发区 高新区 办事处 街道 社区 省 市 区 县 镇 乡 村`)
	// pronouns stand before a unit, and make no name of it.
	pronouns = strings.Fields(`全 该 我 本 各 每 此 某 贵 哪 跨 多 两 几 一 二 三 四 五 六 七 八 九 十 双 诸 同 外 它 城 都 乡 农 县 区 镇 省 州 市 小 辖 地 园 景 校 片 郊 山 灾 库 老 新 厂 营 林 牧 矿 街 湖 港 特 专 战 军 赛 展 考 选 渔 院 古 超 上 股 楼 门 夜 集 闹 早 菜 房 车 花 书 重 水 商 进 入 出 到 驻 离 回 返 下`)
	// openers stand right before a place.
	openers = strings.Fields(`位于 来自 来到 走进 深入 前往 抵达 途经 地处 坐落于 落户 奔赴 返回 移步 探访 走访 视察 考察 调研 检查 慰问 督导 看望 参观 访问 在 到 赴 往 于 自 从 至 由 向 对 为 是`)
	// openNames begin with what else would stand before a name.
	openNames = strings.Fields(`自治 从化 从江 于都 于洪 自贡 自流井 对马 向阳 为民 和平`)
	// closers end what stands before them: no name reaches over them.
	closers = strings.Fields(`中共 召开 举行 举办 推进 推动 助力 服务 建设 打造 创建 整治 改造 加强 提升 开展 组织 带领 引导 发动 动员 鼓励 支持 帮助 帮扶 指导 监督 治理 管理 协调 联合 联系 结合 围绕 立足 聚焦 依托 通过 利用 实现 完善 健全
		优化 强化 深化 保障 保护 守护 维护 促进 激活 赋能 打通 覆盖 辐射 带动 连接 串联 选择 成为 作为 属于 归属 隶属 进入 进驻 入驻 下沉 融入 扎根 关爱 关心 温暖 点亮 美化 净化 绿化 拨打 申请 统筹 全面 积极 共同 一起 纷纷 已经 正在 即将 继续
		要求 希望 表示 强调 指出 介绍 告诉 得知 了解 记者 党员 干部 群众 居民 志愿者 主任 书记 市民 村民 今年 去年 近年 日前 近日 昨日 今日 当天 目前 此次 本次 随后 然后 同时 以及 并且 或者 如果 因为 所以 但是 而且 其中 其他 其它 另外 包括 例如 比如 所属 所在 附近 周边
		主城 老城 中心城 中心 新型 老旧 智慧 和谐 平安 美丽 文明 绿色 完整 现代 未来 城乡 乡镇 乡村 农村 城市 示范 标杆 试点 重点 党建 网格 无障碍 友好 低碳 数字 生态 居住 生活 住宅 安置 行政 自然 贫困 脱贫 易地 移民 城中 保税 商务 商业 工业 旅游 文化 旅游度假 风景名胜 名胜 功能 试验 实验 先行 集聚 合作
		的 了 着 过 之 其 这 你 们 他 她 您 谁 把 被 让 使 给 也 就 又 再 还 更 最 很 不 没 未 有 以 而 或 等 个 位 所 处 并 因 但 至 比 按 据 每 各 该 此 某 说 称 吗 呢 吧 啊 做 搞 抓 促 推 助 提 拓 筑 聚 激 赋 帮 送 请 叫 跟 用 时 第 届 级 直`)
	// notAfter make another word of a unit: 市场, 区域.
	notAfter = map[string]string{
		"市": "场值容面井价盈", "区": "域别间分位块划", "镇": "定静压守痛长", "乡": "愁音情亲土间下贤镇村", "村": "庄落寨镇", "县": "长", "省": "略却事心力钱电水时", "街道": "两边", "社区": "",
	}
	// tails end what stands before a unit and is no name: 园区, 超市, 城镇.
	tails = map[string]string{"区": "小辖地园景校片厂街户社禁疫灾郊牧矿专战军赛展考选渔院", "市": "超退股楼夜闹菜早门房车花后盘", "镇": "城乡村集小", "乡": "城他异家故返下"}
	// weak let a name be one, but do not speak for it: 村民, 市级.
	weak = "民里口内外级直属域中"
)

// stops are the words over which no name reaches, by how they begin; true where places stand right
// behind them.
var stops = func() map[string]map[string]bool {
	m := map[string]map[string]bool{}
	add := func(words []string, opens bool) {
		for _, w := range words {
			first := prefix(w, 1)
			if m[first] == nil {
				m[first] = map[string]bool{}
			}
			m[first][w] = opens
		}
	}
	add(closers, false)
	add(openers, true)
	return m
}()

// stopAt tells the length of the word at the beginning of a text over which no name reaches, and
// whether places stand right behind it.
func stopAt(s string) (n int, opens bool) {
	if longest(openNames, s) != "" {
		return 0, false
	}
	for w, o := range stops[prefix(s, 1)] {
		if len(w) > n && strings.HasPrefix(s, w) {
			n, opens = len(w), o
		}
	}
	return n, opens
}

// isAnd tells a word that stands between two places.
func isAnd(c rune) bool { return c == '和' || c == '与' || c == '及' || c == '、' }

// datePart tells what stands behind a number in a date.
func datePart(c rune) bool { return c == '年' || c == '月' || c == '日' || c == '号' }

// numbered tells that a text ends with a number.
func numbered(s string) bool {
	c, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsDigit(c) || strings.ContainsRune("〇零一二三四五六七八九十", c)
}

func unitAt(s string) string { return longest(units, s) }

// genericStem tells what stands before a unit and is no name: 全市, 小区, 二十个村.
func genericStem(stem, unit string) bool {
	if stem == "" || slices.Contains(pronouns, stem) {
		return true
	}
	n := utf8.RuneCountInString(stem)
	if unit == "社区" || unit == "街道" || unit == "办事处" || unit == "村" || unit == "市" {
		if n < 2 {
			return true
		}
	}
	first := prefix(stem, 1)
	if strings.Contains("我全该各每某此两几多", first) || strings.ContainsAny(stem, "全各该我") {
		return true
	}
	if last, _ := utf8.DecodeLastRuneInString(stem); n > 1 && strings.ContainsRune(tails[unit], last) {
		return true
	}
	return strings.HasSuffix(stem, "大湾") || n > 3 && (unit == "省" || unit == "县") && !far(stem)
}

func otherWord(unit, after string) bool {
	next := prefix(after, 1)
	return next != "" && strings.Contains(notAfter[unit], next)
}

func weakAfter(after string) bool {
	next := prefix(after, 1)
	return next != "" && strings.Contains(weak, next)
}
