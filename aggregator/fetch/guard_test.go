package fetch

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"civicfeed/models"
)

func TestT01T02T03T04GuardRefuses(t *testing.T) {
	guard, err := newGuard(models.Network{})
	if err != nil {
		t.Fatal(err)
	}
	refused := []string{
		"127.0.0.1", "127.8.8.8", "::1", "::", "0.0.0.0", "0.1.2.3", // T01
		"169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", // T02
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "198.19.255.255", // T03
		"240.0.0.1", "255.255.255.255", "192.0.0.1", "224.0.0.1", "239.255.255.255", "169.254.0.1",
		"fc00::1", "fd12:3456::1", "fec0::1", "fe80::1", "fe80::1%eth0", "ff02::1", "ff0e::1",
		"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "100::1", "5f00::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::8.8.8.8", // T04
		"64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::168.63.129.16", "64:ff9b:1::8.8.8.8",
		"2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::", "2001::1",
	}
	for _, ip := range refused {
		address := netip.AddrPortFrom(netip.MustParseAddr(ip), 80).String()
		network := "tcp4"
		if strings.Contains(ip, ":") {
			network = "tcp6"
		}
		if err := guard.control(network, address, nil); models.ClassOf(err) != models.ErrBlocked {
			t.Errorf("%s: %v, want it refused", address, err)
		}
	}
	for _, ip := range []string{"8.8.8.8", "1.1.1.1", "114.114.114.114", "168.63.129.15", "2400:3200::1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"} {
		if err := guard.control("tcp6", netip.AddrPortFrom(netip.MustParseAddr(ip), 443).String(), nil); err != nil {
			t.Errorf("%s: %v, want it let through", ip, err)
		}
	}
	for _, network := range []string{"udp", "udp4", "unix", "ip4:icmp"} {
		if guard.control(network, "8.8.8.8:80", nil) == nil {
			t.Errorf("%s was let through", network)
		}
	}
}

func TestT10GuardPorts(t *testing.T) {
	guard, _ := newGuard(models.Network{Ports: []int{80, 443, 8080}, Allow: []string{"10.20.0.0/16"}})
	for address, open := range map[string]bool{
		"8.8.8.8:80": true, "8.8.8.8:443": true, "8.8.8.8:8080": true, "8.8.8.8:22": false, "8.8.8.8:6379": false, "8.8.8.8:0": false,
		"8.8.8.8:8000": false, "10.20.1.1:9000": true, "10.21.1.1:80": false, "[2606:4700::1111]:25": false,
	} {
		if err := guard.control("tcp4", address, nil); (err == nil) != open {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestGuardAllows(t *testing.T) {
	guard, err := newGuard(models.Network{Allow: []string{"10.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10", "168.63.129.16/32"}})
	if err != nil {
		t.Fatal(err)
	}
	for ip, open := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "64:ff9b::10.1.2.3": true, "fd12::1": true, "fe80::1%eth0": true,
		"169.254.7.7": true, "169.254.169.254": false, "100.64.1.1": true, "100.100.100.200": false, "fd00:ec2::254": false,
		"168.63.129.16": true, "192.168.0.1": false, "127.0.0.1": false, "2002:a01:203::": false,
	} {
		err := guard.control("tcp6", netip.AddrPortFrom(netip.MustParseAddr(ip), 80).String(), nil)
		if (err == nil) != open {
			t.Errorf("%s: %v", ip, err)
		}
	}
	for _, bad := range []string{"10.0.0.1", "intranet", "10.0.0.0/33", ""} {
		if _, err := New(models.Network{Allow: []string{bad}}, Options{}); err == nil || !strings.Contains(err.Error(), "network.allow") {
			t.Errorf("network.allow %q: %v", bad, err)
		}
	}
}

func TestT01T05T06AddressesInDisguise(t *testing.T) {
	c := newClient(t, models.Network{Ports: []int{1}})
	for _, url := range []string{
		"http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/", "http://[::ffff:127.0.0.1]:1/", "http://0:1/",
		"http://①②⑦.⓪.⓪.①:1/", "http://127。0。0。1:1/",
		"http://2130706433:1/", "http://0x7f000001:1/", "http://127.1:1/", "http://0177.0.0.1:1/", "http://0x7f.0.0.0x1:1/", "http://127.0.0.1.:1/",
		"http://evil\\@127.0.0.1:1/", "http://8.8.8.8@127.0.0.1:1/",
	} {
		mustFail(t, c, Request{URL: url}, models.ErrBlocked)
	}
}

func TestT08SchemesAreRefused(t *testing.T) {
	c := newClient(t, loopback())
	for _, url := range []string{"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "127.0.0.1/feed", "/feed", "", "http:///feed", "http:feed", "javascript:alert(1)"} {
		mustFail(t, c, Request{URL: url}, models.ErrBlocked)
	}
}

func TestGuardSpeaksToTheAdmin(t *testing.T) {
	private := mustFail(t, newClient(t, models.Network{}), Request{URL: "http://127.0.0.1:80/"}, models.ErrBlocked, "127.0.0.1/32", "network.allow")
	if private != nil {
		t.Errorf("an answer: %+v", private)
	}
	o := newOrigin(t, func(http.ResponseWriter, *http.Request) {})
	n := loopback()
	n.Allow = nil
	mustFail(t, newClient(t, n), Request{URL: o.URL}, models.ErrBlocked)
	if len(o.asked()) != 0 {
		t.Error("the origin was asked")
	}
}

func TestT07Rebinding(t *testing.T) {
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(feed)) })
	_, port, _ := net.SplitHostPort(o.Listener.Addr().String())
	answers := map[string][]string{"rebind.example.": {"127.0.0.1"}}
	names := stubDNS(t, answers)
	c := newClient(t, loopback())
	resolveWith(t, c, loopback(), names)
	url := "http://rebind.example:" + port + "/"
	mustGet(t, c, Request{URL: url})
	names.set("rebind.example.", "127.0.0.2")
	c.Close()
	mustFail(t, c, Request{URL: url}, models.ErrBlocked, "127.0.0.2")
	if n := len(o.asked()); n != 1 {
		t.Errorf("%d requests reached the origin", n)
	}
}

func TestDNSErrors(t *testing.T) {
	c := newClient(t, loopback())
	resolveWith(t, c, loopback(), stubDNS(t, nil))
	mustFail(t, c, Request{URL: "http://no-such-city.example/feed"}, models.ErrDNS, "no-such-city.example", "check the spelling")
}

func TestT09ProxiesOfTheEnvironmentAreIgnored(t *testing.T) {
	var asked atomic.Int32
	proxy := newOrigin(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	c := newClient(t, loopback())
	resolveWith(t, c, loopback(), stubDNS(t, nil))
	mustFail(t, c, Request{URL: "http://behind-a-proxy.example/"}, models.ErrDNS)
	if c.transport.Proxy != nil || asked.Load() != 0 {
		t.Error("a proxy of the environment was used")
	}
}

// names is a DNS server for one test.
type names struct {
	conn net.PacketConn
	mu   sync.Mutex
	of   map[string][]string
}

func stubDNS(t *testing.T, of map[string][]string) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &names{conn: conn, of: of}
	var done sync.WaitGroup
	done.Go(s.serve)
	t.Cleanup(func() {
		conn.Close()
		done.Wait()
	})
	return s
}

func (s *names) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "udp", s.conn.LocalAddr().String())
}

func (s *names) set(name, ip string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[name] = []string{ip}
}

func (s *names) serve() {
	packet := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if reply := s.reply(packet[:n]); reply != nil {
			_, _ = s.conn.WriteTo(reply, from)
		}
	}
}

func (s *names) reply(query []byte) []byte {
	var p dnsmessage.Parser
	head, err := p.Start(query)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	s.mu.Lock()
	ips, known := s.of[q.Name.String()]
	s.mu.Unlock()
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: head.ID, Response: true, RecursionAvailable: true}, Questions: []dnsmessage.Question{q}}
	if !known {
		reply.RCode = dnsmessage.RCodeNameError
	}
	for _, ip := range ips {
		record := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET}
		switch a := netip.MustParseAddr(ip); {
		case a.Is4() && q.Type == dnsmessage.TypeA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: record, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: record, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	packed, err := reply.Pack()
	if err != nil || binary.BigEndian.Uint16(packed) != head.ID {
		return nil
	}
	return packed
}
