// Lists the tables and the queues, repeatedly for a number of seconds, and prints the number of calls and of access keys.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	ctx := context.Background()
	seconds, err := strconv.ParseFloat(os.Args[1], 64)
	check(err)
	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	calls, keys := 0, map[string]bool{}
	for {
		tables, err := dynamodb.NewFromConfig(cfg).ListTables(ctx, nil)
		check(err)
		queues, err := sqs.NewFromConfig(cfg).ListQueues(ctx, nil)
		check(err)
		credentials, err := cfg.Credentials.Retrieve(ctx)
		check(err)
		keys[credentials.AccessKeyID] = true
		calls++
		if !time.Now().Before(end) {
			result := map[string]any{"calls": calls, "keys": len(keys), "tables": tables.TableNames, "queues": len(queues.QueueUrls)}
			text, err := json.Marshal(result)
			check(err)
			fmt.Println(string(text))
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
