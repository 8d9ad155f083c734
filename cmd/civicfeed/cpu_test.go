package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"civicfeed/models/catalog"
	"civicfeed/models/store"
	"civicfeed/publisher"
)

// How the benchmark asks: so many connections, so many requests in each between two looks at the clock.
const (
	crowdSize  = 64
	crowdAsks  = 300
	crowdName  = "crowd"
	crowdTotal = crowdSize * crowdAsks
)

// BenchmarkCPU tells what a request costs the whole server in processor time, beside a bare handler
// of net/http that writes the same bytes and headers from memory, and beside nginx with the same bytes
// in a file, where it is installed. Who asks is a process of its own.
func BenchmarkCPU(b *testing.B) {
	h := paperHandler(b)
	for _, kind := range []struct{ name, header string }{
		{"plain", "Accept-Encoding: identity\r\n"}, {"gzip", "Accept-Encoding: gzip, deflate\r\n"}, {"304", ""},
	} {
		b.Run(kind.name, func(b *testing.B) {
			header := kind.header
			if header == "" {
				header = "Accept-Encoding: gzip, deflate\r\nIf-None-Match: " + answerOf(h, "Accept-Encoding: gzip\r\n").Header().Get("ETag") + "\r\n"
			}
			whole := answerOf(h, header)
			ours := listening(b, func(l net.Listener) (*http.Server, net.Listener) {
				log := slog.New(slog.DiscardHandler)
				return newServer(h, log), bounded(l, nil, log)
			})
			bare := listening(b, func(l net.Listener) (*http.Server, net.Listener) { return &http.Server{Handler: bareHandler(whole)}, l })
			var spent, floor time.Duration
			var ratios []float64
			for b.Loop() {
				a, z := crowdCost(b, ours, header), crowdCost(b, bare, header)
				spent, floor, ratios = spent+a, floor+z, append(ratios, float64(a)/float64(z))
			}
			slices.Sort(ratios)
			requests := float64(len(ratios) * crowdTotal)
			b.ReportMetric(float64(spent)/requests, "cpu-ns/req")
			b.ReportMetric(float64(floor)/requests, "bare-cpu-ns/req")
			b.ReportMetric(ratios[len(ratios)/2], "x-bare") // in the middle: others use the machine too
			b.ReportMetric(0, "ns/op")
			if cost, ok := nginxCost(b, whole, header); ok {
				b.ReportMetric(float64(cost)/crowdTotal, "nginx-cpu-ns/req")
			}
		})
	}
}

// paperHandler publishes a city of one source whose feed is full.
func paperHandler(b *testing.B) http.Handler {
	b.Helper()
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>临江日报</title><link>http://www.example.gov.cn/</link>`)
		for i := range 50 {
			fmt.Fprintf(w, `<item><guid isPermaLink="false">n%d</guid><title>第%[1]d条：柳巷街道桂花开了</title><link>http://www.example.gov.cn/%[1]d.html</link>`+
				`<description>&lt;p&gt;%[2]s&lt;/p&gt;</description><pubDate>Sun, 04 Oct 2026 06:%02[1]d:00 +0800</pubDate></item>`, i, strings.Repeat("沿街的桂花这几天开了，居民说比去年早了一周。", 8))
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	defer origin.Close()
	dir := b.TempDir()
	config, db := filepath.Join(dir, "feeds.yaml"), filepath.Join(dir, "civicfeed.db")
	text := "site: {title: 临江新闻汇, url: \"https://news.example.org/\", id: \"tag:example.org,2026:news\"}\nnetwork: {allow: [127.0.0.0/8], ports: [" +
		origin.URL[strings.LastIndexByte(origin.URL, ':')+1:] + "]}\nsections: [{key: news, title: 要闻}]\nsources: [{key: daily, name: 临江日报, url: \"" + origin.URL + "/rss.xml\", section: news}]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	var said bytes.Buffer
	if run(b.Context(), []string{"fetch", "--all", "--config", config, "--db", db}, strings.NewReader(""), io.Discard, &said) != done {
		b.Fatal(said.String())
	}
	cat, err := catalog.Load(config)
	if err != nil {
		b.Fatal(err)
	}
	st, err := store.Open(b.Context(), db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { st.Close() })
	if err := st.Apply(b.Context(), cat); err != nil {
		b.Fatal(err)
	}
	limits := publisher.Limits{PerSecond: 1e9, Burst: 1e9} // counted, and never reached: the crowd is one client
	return publisher.New(st, cat, publisher.Options{Limits: limits, Log: slog.New(slog.DiscardHandler)}).Handler()
}

const paperPath = "/sections/news.rss"

// request is what each of the crowd sends again and again.
func request(header string) string {
	return "GET " + paperPath + " HTTP/1.1\r\nHost: news.example.org\r\nUser-Agent: crowd/1.0\r\nAccept: application/rss+xml, */*;q=0.5\r\n" + header + "\r\n"
}

func answerOf(h http.Handler, header string) *httptest.ResponseRecorder {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request(header))))
	if err != nil {
		panic(err)
	}
	r.RemoteAddr = "198.51.100.7:80"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// bareHandler writes what another wrote.
func bareHandler(whole *httptest.ResponseRecorder) http.Handler {
	data := whole.Body.Bytes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), whole.Header())
		w.WriteHeader(whole.Code)
		if len(data) > 0 {
			w.Write(data)
		}
	})
}

// listening runs a server until the test ends.
func listening(b *testing.B, with func(net.Listener) (*http.Server, net.Listener)) (address string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv, l := with(l)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	b.Cleanup(func() {
		srv.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			b.Error(err)
		}
	})
	return l.Addr().String()
}

// crowdCost is the processor time that this process takes to answer a crowd.
func crowdCost(b *testing.B, address, header string) time.Duration {
	b.Helper()
	runtime.GC()
	before := processorTime(b)
	ask(b, address, header)
	return processorTime(b) - before
}

// ask has a process of its own send the requests of a crowd and read the answers.
func ask(b *testing.B, address, header string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), itself(b, crowdName), address)
	cmd.Stdin, cmd.Stderr = strings.NewReader(request(header)), os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
}

// crowd is the process that asks: the address is its argument, the request its input.
func crowd() {
	request, err := io.ReadAll(os.Stdin)
	if err == nil {
		var g errgroup.Group
		for range crowdSize {
			g.Go(func() error { return askAgain(os.Args[1], request) })
		}
		err = g.Wait()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func askAgain(address string, request []byte) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers := bufio.NewReaderSize(conn, 64<<10)
	for range crowdAsks {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		if err := skipAnswer(answers); err != nil {
			return err
		}
	}
	return nil
}

// skipAnswer reads an answer as cheaply as can be.
func skipAnswer(r *bufio.Reader) error {
	length, first := 0, true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) && !bytes.HasPrefix(line, []byte("HTTP/1.1 304 ")) {
			return fmt.Errorf("answered with %q", line)
		}
		first = false
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if len(line) <= 2 {
			_, err = r.Discard(length)
			return err
		}
	}
}
