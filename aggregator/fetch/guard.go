package fetch

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"

	"civicfeed/models"
)

// guard judges each address at the moment it is dialled, after every name has been resolved, so
// that neither a redirect nor a changing DNS answer leads into the network we stand in.
type guard struct {
	allow  []netip.Prefix
	ports  []int
	public *ssrf.Guardian
}

// nat64 is how an IPv6-only network reaches IPv4 (RFC 6052); the IPv4 address inside is judged.
// Other ways of hiding one (6to4, Teredo, IPv4-compatible, local NAT64) are refused as they are.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// metadata are the addresses at which clouds hand their machines secrets. A range of
// network.allow does not open them; only their very address does.
var metadata = [...]netip.Addr{
	netip.MustParseAddr("169.254.169.254"),
	netip.MustParseAddr("169.254.170.2"),
	netip.MustParseAddr("168.63.129.16"),
	netip.MustParseAddr("192.0.0.192"),
	netip.MustParseAddr("100.100.100.200"),
	netip.MustParseAddr("fd00:ec2::254"),
}

func newGuard(n models.Network) (*guard, error) {
	g := &guard{ports: n.Ports}
	if len(g.ports) == 0 {
		g.ports = models.DefaultNetwork().Ports
	}
	for _, s := range n.Allow {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("network.allow %q: write a range such as 10.20.0.0/16", s)
		}
		g.allow = append(g.allow, p)
	}
	g.public = ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(
		netip.MustParsePrefix("168.63.129.16/32"))) // answers from inside Azure, looks public
	return g, nil
}

// controller is a [net.Dialer.Control].
type controller func(network, address string, _ syscall.RawConn) error

// control judges what is dialled.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	return g.dialled(network, address, false)
}

// controlProxy judges the proxy that is dialled, whose port whoever named it has chosen.
func (g *guard) controlProxy(network, address string, _ syscall.RawConn) error {
	return g.dialled(network, address, true)
}

func (g *guard) dialled(network, address string, anyPort bool) error {
	if network != "tcp4" && network != "tcp6" {
		return models.Fail(models.ErrBlocked, "refused: %s is not TCP", network)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return models.Fail(models.ErrBlocked, "refused: %q is no address", address)
	}
	return g.judge(to, anyPort)
}

// judge refuses an address that must not be asked.
func (g *guard) judge(to netip.AddrPort, anyPort bool) error {
	ip := inner(to.Addr())
	if g.allowed(ip) {
		return nil // on any port: whoever opens a range of their own network knows what stands there
	}
	if g.public.SafeAddr(ip) != nil || slices.Contains(metadata[:], ip) {
		return models.Fail(models.ErrBlocked, "refused: %s belongs to a private or special network; "+
			"if that is your own network, add %s to network.allow in feeds.yaml", ip, netip.PrefixFrom(ip, ip.BitLen()))
	}
	if !anyPort && !slices.Contains(g.ports, int(to.Port())) {
		return models.Fail(models.ErrBlocked, "refused: port %d is not among network.ports (%s) of feeds.yaml; "+
			"if the source really answers there, add it", to.Port(), strings.Trim(fmt.Sprint(g.ports), "[]"))
	}
	return nil
}

func (g *guard) allowed(ip netip.Addr) bool {
	secret := slices.Contains(metadata[:], ip)
	return slices.ContainsFunc(g.allow, func(p netip.Prefix) bool {
		return p.Contains(ip) && (p.IsSingleIP() || !secret)
	})
}

// inner is the address that is meant: without zone, and the IPv4 address inside an IPv6 one
// where a packet would be carried on to it.
func inner(ip netip.Addr) netip.Addr {
	ip = ip.WithZone("").Unmap()
	if !nat64.Contains(ip) {
		return ip
	}
	b := ip.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}
