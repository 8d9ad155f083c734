package store

import (
	"encoding/base32"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"

	"civicfeed/models"
)

// press writes the news of a large city, as many as are asked for: always the same ones, each for
// itself, so that nothing needs to be kept. How often a word occurs is as people write: few words make
// up most of a text, most words are rare.
type press struct {
	size    int
	catalog *models.Catalog
	words   []string
	weights []float64 // sums
}

// article is one of its news. Plain is what was published, but for the forms of letters: what a
// naive look finds words in.
type article struct {
	id          string
	seq         int64
	source      string
	region      string
	sections    []string
	listed      models.Millis
	published   models.Millis
	title, text string
	plain       [2]string
}

const (
	pressVersion  = 1 // of what it writes
	pressRegions  = 50
	pressSections = 20
	pressSources  = 200
	pressWords    = 20_000
	pressPace     = 94_000 // milliseconds from one to the next: a million in three years
)

// Words that are written by rule. None of their characters is in another word, but for those of the
// phrases, which are made of what is written most.
const (
	everyWord  = "云溪" // in all but every 33rd
	secondWord = "通知" // in every second, exactly
)

// neverWord is of two pairs of which each is in every third, and which nobody wrote together.
const neverWord = "青松柏"

// midWords are each in one of 100.
var midWords = []string{"垃圾分类", "菜篮", "暴雨预警", "郁金香", "龙舟", "GDP", "covid-19", "暖锅", "骑楼", "琵琶"}

// rareWords are each in one of 100,000, but for what is left of the last.
var rareWords = []string{"貔貅", "饕餮馆", "鳜鱼宴", "碧螺", "竹筏漂流", "鹦鹉洲", "缂丝", "榫卯", "箜篌", "皴法", "麒麟舞", "Xianning", "蒹葭渡", "鸬鹚", "琉璃厂", "檀香扇"}

// phrases are each in one of 25.
var phrases = []string{"改革发展", "人民生活", "服务中心", "社区工作", "建设项目", "经济管理", "学校安全", "交通改造", "城市文化", "工作会议"}

// usual are the words that are written most; the others are made of their characters and more.
const usual = "工作 发展 建设 服务 社区 人民 项目 改革 生活 中心 经济 管理 学校 安全 交通 改造 城市 文化 会议 政府 企业 群众 街道 活动 " +
	"教育 医院 环境 居民 干部 党员 公园 道路 工程 投资 农业 产业 创新 旅游 技术 学生 老人 家庭 健康 体育 比赛 音乐 志愿者 招聘 就业 " +
	"公交 地铁 停车 绿化 河道 治理 执法 检查 消防 水电 燃气 物业 小区 老旧 提升 推进 开展 组织 举行 参加 完成 实施 加快 全面 重点 " +
	"记者 报道 了解 表示 介绍 目前 今年 去年 昨日 上午 下午 我区 全市 的 在 和 了 是 将 对 为 与"

const common = "一不人我有大这个上们来到时地要就出会可也你生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它长把机十民第公此已工使情明性全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产新己制身果加斯月话合回特代内信表化老给世位次度门任常先海平教儿原东声提立及比员解水名真论处走义各入几口认条部员记清许步记花落"

// traditional are characters that some articles are written with.
var traditional = strings.NewReplacer("发", "發", "会", "會", "区", "區", "学", "學", "为", "為", "动", "動", "业", "業", "产", "產", "医", "醫",
	"环", "環", "党", "黨", "员", "員", "经", "經", "济", "濟", "设", "設", "务", "務", "项", "項", "类", "類", "龙", "龍", "鱼", "魚",
	"鹦", "鸚", "鹉", "鵡", "丝", "絲", "云", "雲", "说", "說", "门", "門", "东", "東", "长", "長", "对", "對", "现", "現", "开", "開")

func newPress(size int) *press {
	p := &press{size: size, catalog: metropolis(), words: strings.Fields(usual)}
	r := rand.New(rand.NewPCG(pressVersion, 0))
	letters := []rune(strings.ReplaceAll(usual, " ", "") + common)
	letters = slices.DeleteFunc(letters, func(c rune) bool { return strings.ContainsRune(everyWord+secondWord+neverWord, c) })
	for len(p.words) < pressWords {
		word := make([]rune, 2+r.IntN(10)/7)
		for i := range word {
			word[i] = letters[int(float64(len(letters))*r.Float64()*r.Float64())]
		}
		p.words = append(p.words, string(word))
	}
	sum := 0.0
	for i, word := range p.words {
		if p.words[i] = strings.Map(own, word); p.words[i] == "" {
			p.words[i] = "的"
		}
		sum += 1 / float64(i+3)
		p.weights = append(p.weights, sum)
	}
	return p
}

// own drops a character that a word written by rule has for itself.
func own(c rune) rune {
	if strings.ContainsRune(everyWord+secondWord+neverWord, c) {
		return -1
	}
	return c
}

// metropolis is the catalog of the city: some sections and districts are much larger than others.
func metropolis() *models.Catalog {
	c := &models.Catalog{Site: models.Site{Title: "大城新闻汇", Location: time.UTC}}
	for i := range pressRegions {
		r := models.Region{Key: fmt.Sprintf("r%02d", i), Name: fmt.Sprintf("%d区", i)}
		if i >= 8 {
			r.Parent = fmt.Sprintf("r%02d", i%8)
		}
		c.Regions = append(c.Regions, r)
	}
	for i := range pressSections {
		c.Sections = append(c.Sections, models.Section{Key: fmt.Sprintf("s%02d", i), Title: fmt.Sprintf("%d版", i)})
	}
	for i := range pressSources {
		key := fmt.Sprintf("source-%03d", i)
		c.Sources = append(c.Sources, models.Source{Key: key, Name: key, URL: "https://" + key + ".example/feed",
			Region: c.Regions[i%pressRegions].Key, Sections: []string{c.Sections[i%pressSections].Key}, Spec: "@hourly", Schedule: every(time.Hour), Enabled: true})
	}
	return c
}

// article writes one, from 0 on, the oldest first.
func (p *press) article(n int) article {
	r := rand.New(rand.NewPCG(pressVersion, uint64(n)+1))
	h := fnv.New128a()
	fmt.Fprintf(h, "%d %d", pressVersion, n)
	src := p.catalog.Sources[skewed(r, pressSources)]
	a := article{id: strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil))[:26]), seq: int64(n + 1), source: src.Key, region: src.Region}
	for range 1 + r.IntN(10)/9 {
		a.sections = include(a.sections, p.catalog.Sections[skewed(r, pressSections)].Key)
	}
	slices.Sort(a.sections)
	at := p.at(n)
	a.listed, a.published = models.Millis(at), models.Millis(at-r.Int64N(7_200_000))
	if r.IntN(50) == 0 { // found late
		a.published -= models.Millis(r.Int64N(int64(300 * day)))
		a.listed = a.published
	}
	a.title, a.text = p.sentence(r, 5, nil), p.sentence(r, 35+r.IntN(35), p.byRule(n, r))
	a.plain = [2]string{strings.ToLower(a.title), strings.ToLower(a.text)}
	if r.IntN(12) == 0 {
		a.title, a.text = traditional.Replace(a.title), traditional.Replace(a.text)
	}
	return a
}

// at is when one was written.
func (p *press) at(n int) int64 {
	end := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).UnixMilli()
	return end - int64(p.size-n)*pressPace
}

// byRule are the words that an article has whatever else it tells.
func (p *press) byRule(n int, r *rand.Rand) (words []string) {
	add := func(word string, when bool) {
		if when {
			words = append(words, word)
		}
	}
	add(everyWord, n%33 != 0)
	add(secondWord, n%2 == 0)
	add(neverWord[:6], n%3 == 1)
	add(neverWord[3:], r.IntN(3) == 0)
	for i, w := range midWords {
		add(w, n%100 == 9*i+4)
	}
	for i, w := range rareWords {
		add(w, n%100_000 == (i*24_797+11)%100_000)
	}
	for _, w := range phrases {
		add(w, r.IntN(25) == 0)
	}
	return words
}

// sentence writes so many words, and others among them, none beside another of those.
func (p *press) sentence(r *rand.Rand, n int, others []string) string {
	var b strings.Builder
	places := r.Perm(n / 2)
	for i := range n {
		b.WriteString(p.word(r))
		if j := slices.Index(places[:min(len(others), len(places))], i/2); i%2 == 1 && j >= 0 {
			b.WriteString(others[j])
		}
		if i%7 == 6 && i < n-1 {
			b.WriteString([]string{"，", "。", "；", "，"}[r.IntN(4)])
		}
	}
	return b.String()
}

func (p *press) word(r *rand.Rand) string {
	at := r.Float64() * p.weights[len(p.weights)-1]
	return p.words[sort.SearchFloat64s(p.weights, at)]
}

// skewed picks one of n, those at the beginning more often.
func skewed(r *rand.Rand, n int) int { return int(float64(n) * r.Float64() * r.Float64()) }
