package fetch

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"civicfeed/models"
)

// namesThatBreak answers by the first label of a name: as a server that is broken in that way would.
func namesThatBreak(t *testing.T) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &names{conn: conn, of: map[string][]string{"well.example.": {"127.0.0.1"}, "portal.example.": {"10.0.0.1"}}}
	var done sync.WaitGroup
	done.Go(func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			reply := s.reply(packet[:n])
			if q, err := (&dnsmessage.Parser{}).Start(packet[:n]); err == nil && reply != nil {
				reply = brokenReply(q.ID, labelOf(packet[:n]), reply)
			}
			if reply != nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() {
		conn.Close()
		done.Wait()
	})
	return s
}

// labelOf is the first label of the name that a query asks for.
func labelOf(query []byte) string {
	const head = 12
	return string(query[head+1 : head+1+int(query[head])])
}

// brokenReply is the reply that breaks in a way, or the right one.
func brokenReply(id uint16, way string, right []byte) []byte {
	switch way {
	case "servfail", "refused":
		code := map[string]dnsmessage.RCode{"servfail": dnsmessage.RCodeServerFailure, "refused": dnsmessage.RCodeRefused}[way]
		m := dnsmessage.Message{}
		if m.Unpack(right) != nil {
			return nil
		}
		m.RCode = code
		b, _ := m.Pack()
		return b
	case "silent":
		return nil
	case "garbage":
		return append([]byte{byte(id >> 8), byte(id)}, "<html>502</html>"...)
	}
	return right
}

// TestR18DNS: whatever is wrong with names, the visit ends in time and says so, and no other is
// touched by it.
func TestR18DNS(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(feed)) })
	_, port, _ := net.SplitHostPort(o.Listener.Addr().String())
	c := newClient(t, loopback())
	resolveWith(t, c, loopback(), namesThatBreak(t))
	const timeout = time.Second
	var visits sync.WaitGroup
	for way, class := range map[string]models.ErrorClass{
		"nxdomain": models.ErrDNS, "servfail": models.ErrDNS, "refused": models.ErrDNS, "portal": models.ErrBlocked,
		"silent": "", "garbage": "",
	} {
		for range 3 { // none is remembered, none makes a queue
			visits.Go(func() {
				began := time.Now()
				res, err := c.Get(t.Context(), Request{URL: "http://" + way + ".example:" + port + "/", Timeout: timeout})
				got := models.ClassOf(err)
				if wrong := got != class; err == nil || res != nil || class != "" && wrong {
					t.Errorf("%s: %v (%s), want %s", way, err, got, class)
				}
				if class == "" && got != models.ErrDNS && got != models.ErrTimeout { // whichever clock is first
					t.Errorf("%s: %v (%s)", way, err, got)
				}
				if took := time.Since(began); took > 3*timeout+5*time.Second { // three of them take turns
					t.Errorf("%s: ended after %s", way, took)
				}
			})
		}
	}
	for range 20 {
		began := time.Now()
		if res := mustGet(t, c, Request{URL: "http://well.example:" + port + "/"}); !strings.Contains(string(res.Body), "云溪市") {
			t.Errorf("body %q", res.Body)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("a source that is well took %s", took)
		}
	}
	visits.Wait()
}
