package publisher

import (
	"encoding/binary"
	"net/http"
	"net/netip"
	"strings"
)

// Client is who asks, as far as an address tells: an IPv4 address, or the /64 of an IPv6 address,
// of which one subscriber has all.
type Client uint64

// ClientAt is the client behind an address.
func ClientAt(a netip.Addr) Client {
	if a = plainAddr(a); a.Is4() {
		b := a.As4()
		return Client(0xffff<<32 | uint64(binary.BigEndian.Uint32(b[:]))) // no /64 in use is called so
	}
	b := a.As16()
	return Client(binary.BigEndian.Uint64(b[:8]))
}

// plainAddr is an address without zone, and an IPv4 address where it stands for one.
func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// Proxies are the networks whose word on whom they ask for is taken.
type Proxies []netip.Prefix

// Trust tells whether an address is that of a trusted proxy.
func (p Proxies) Trust(a netip.Addr) bool {
	a = plainAddr(a)
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// client tells who asks: the peer, or whom a trusted peer asks for. A trusted peer that names
// nobody asks for itself, as a health check does: there is no client then.
func (p Proxies) client(r *http.Request) (Client, bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	switch {
	case err != nil: // no TCP connection
		return 0, false
	case !p.Trust(peer.Addr()):
		return ClientAt(peer.Addr()), true
	}
	return p.forwarded(r.Header["X-Forwarded-For"])
}

// forwarded reads X-Forwarded-For from its end, where the nearest proxy wrote, up to the first
// address that is no proxy of ours: whatever stands before it anybody may have written. Nor is
// anything believed that stands before a word like "unknown".
func (p Proxies) forwarded(lines []string) (Client, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			at := strings.LastIndexByte(rest, ',')
			hop := strings.TrimSpace(rest[at+1:])
			if more = at >= 0; more {
				rest = rest[:at]
			}
			if hop == "" {
				continue
			}
			a, ok := addrOf(hop)
			switch {
			case !ok:
				return 0, false
			case !p.Trust(a):
				return ClientAt(a), true
			}
		}
	}
	return 0, false
}

// addrOf reads an address with or without port, brackets and quotes.
func addrOf(hop string) (netip.Addr, bool) {
	hop = strings.Trim(hop, `"`)
	if strings.HasPrefix(hop, "[") && strings.HasSuffix(hop, "]") {
		hop = hop[1 : len(hop)-1]
	}
	if a, err := netip.ParseAddr(hop); err == nil {
		return a, true
	}
	a, err := netip.ParseAddrPort(hop)
	return a.Addr(), err == nil
}
