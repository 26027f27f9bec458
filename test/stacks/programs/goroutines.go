package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

type box struct{ mu sync.Mutex }

func (b *box) waitLock() { b.mu.Lock() }
func recv(c chan int)    { <-c }
func sel(a, c chan int) {
	select {
	case <-a:
	case <-c:
	}
}
func spin() {
	for {
		fmt.Sprint(1)
	}
}
func main() {
	b := &box{}
	b.mu.Lock()
	c := make(chan int)
	for i := 0; i < 5; i++ {
		go b.waitLock()
	}
	go recv(c)
	go sel(c, make(chan int))
	go spin()
	time.Sleep(200 * time.Millisecond)
	runtime.GC()
	fmt.Println("ready")
	time.Sleep(120 * time.Second)
}
