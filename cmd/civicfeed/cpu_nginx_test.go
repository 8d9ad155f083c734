package main

import (
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// nginxCost is the processor time that nginx takes to answer a crowd with the same bytes from a file.
func nginxCost(b *testing.B, whole *httptest.ResponseRecorder, header string) (time.Duration, bool) {
	b.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		b.Log("nginx is not installed: not compared")
		return 0, false
	}
	address, pid := nginx(b, program, whole)
	if _, tag, ok := strings.Cut(header, "If-None-Match: "); ok {
		header = strings.Replace(header, strings.TrimSpace(tag), nginxTag(b, address), 1)
	}
	before := timeOf(b, pid)
	ask(b, address, header)
	return timeOf(b, pid) - before, true
}

// nginx serves what we serve as a file, in one process, until the test ends.
func nginx(b *testing.B, program string, whole *httptest.ResponseRecorder) (address string, pid int) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address = l.Addr().String()
	l.Close() // nginx takes it
	dir := b.TempDir()
	var headers strings.Builder
	for _, name := range []string{"Cache-Control", "Vary", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "Access-Control-Allow-Origin", "Content-Encoding"} {
		if value := whole.Header().Get(name); value != "" {
			fmt.Fprintf(&headers, "add_header %s %q;\n", name, value)
		}
	}
	config := fmt.Sprintf(`daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log stderr;
events { worker_connections 512; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; open_file_cache max=16; default_type application/rss+xml;
  client_body_temp_path %[1]s/1; proxy_temp_path %[1]s/2; fastcgi_temp_path %[1]s/3; uwsgi_temp_path %[1]s/4; scgi_temp_path %[1]s/5;
  server { listen %[2]s; root %[1]s; %[3]s }
}
`, dir, address, headers.String())
	file := filepath.Join(dir, paperPath)
	for name, data := range map[string][]byte{filepath.Join(dir, "nginx.conf"): []byte(config), file: whole.Body.Bytes()} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command(program, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address, cmd.Process.Pid
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatal("nginx does not listen")
	return "", 0
}

func nginxTag(b *testing.B, address string) string {
	b.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, request("Connection: close\r\n"))
	var answer strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		answer.Write(buf[:n])
		if err != nil {
			break
		}
	}
	_, rest, _ := strings.Cut(answer.String(), "\r\nETag: ")
	tag, _, ok := strings.Cut(rest, "\r\n")
	if !ok {
		b.Fatalf("no tag in %.200q", answer.String())
	}
	return tag
}

// timeOf is the processor time that a process of one thread has taken, as the kernel counts it.
func timeOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		b.Fatal(err)
	}
	nanoseconds, err := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(nanoseconds)
}
