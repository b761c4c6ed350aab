// Signs in by SRP, describes the tenant, and uses its table, a queue and the bucket with the AWS SDK for Go.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	check(err)
	cognito := cognitoidentityprovider.NewFromConfig(cfg)
	_, wrong := signIn(ctx, cognito, "Wrong-1!")
	tokens, err := signIn(ctx, cognito, os.Getenv("PASSWORD"))
	check(err)
	user, err := cognito.GetUser(ctx, &cognitoidentityprovider.GetUserInput{AccessToken: tokens.AccessToken})
	check(err)
	refreshed, err := cognito.InitiateAuth(ctx, &cognitoidentityprovider.InitiateAuthInput{
		AuthFlow:       types.AuthFlowTypeRefreshTokenAuth,
		AuthParameters: map[string]string{"REFRESH_TOKEN": *tokens.RefreshToken},
		ClientId:       aws.String(os.Getenv("CLIENT_ID")),
	})
	check(err)

	described := describe(*refreshed.AuthenticationResult.AccessToken)
	keys := described.GetAwsCredentials
	cfg.Credentials = credentials.NewStaticCredentialsProvider(keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken)
	text, failure := useTable(ctx, cfg, described.Table)
	result := map[string]any{
		"wrong":       codeOf(wrong),
		"username":    user.Username,
		"isRefreshed": *refreshed.AuthenticationResult.AccessToken != *tokens.AccessToken,
		"name":        described.Name,
		"text":        text,
		"failure":     failure,
		"message":     useQueue(ctx, cfg, os.Getenv("QUEUE_URL")),
		"body":        useBucket(ctx, cfg),
	}
	_, err = cognito.GlobalSignOut(ctx, &cognitoidentityprovider.GlobalSignOutInput{AccessToken: tokens.AccessToken})
	check(err)
	_, err = cognito.GetUser(ctx, &cognitoidentityprovider.GetUserInput{AccessToken: tokens.AccessToken})
	result["after"] = codeOf(err)
	printed, err := json.Marshal(result)
	check(err)
	fmt.Println(string(printed))
}

func signIn(ctx context.Context, cognito *cognitoidentityprovider.Client, password string) (*types.AuthenticationResultType, error) {
	one, err := newSrp()
	if err != nil {
		return nil, err
	}
	clientID := aws.String(os.Getenv("CLIENT_ID"))
	first, err := cognito.InitiateAuth(ctx, &cognitoidentityprovider.InitiateAuthInput{
		AuthFlow:       types.AuthFlowTypeUserSrpAuth,
		AuthParameters: map[string]string{"USERNAME": os.Getenv("USER_NAME"), "SRP_A": one.publicHex()},
		ClientId:       clientID,
	})
	if err != nil {
		return nil, err
	}
	second, err := cognito.RespondToAuthChallenge(ctx, &cognitoidentityprovider.RespondToAuthChallengeInput{
		ChallengeName:      first.ChallengeName,
		ChallengeResponses: one.proof(os.Getenv("USER_POOL_ID"), password, first.ChallengeParameters, time.Now()),
		ClientId:           clientID,
		Session:            first.Session,
	})
	if err != nil {
		return nil, err
	}
	return second.AuthenticationResult, nil
}

type tenant struct {
	Name              string
	Table             string
	GetAwsCredentials struct {
		AccessKeyID     string `json:"accessKeyId"`
		SecretAccessKey string
		SessionToken    string
	}
}

func describe(token string) tenant {
	body, err := json.Marshal(map[string]any{
		"query":     "query($tenant: String!) { GetTenant(tenant: $tenant) { name table GetAwsCredentials(duration: 900) { accessKeyId secretAccessKey sessionToken } } }",
		"variables": map[string]string{"tenant": os.Getenv("TENANT")},
	})
	check(err)
	request, err := http.NewRequest("POST", os.Getenv("APPSYNC_ENDPOINT"), bytes.NewReader(body))
	check(err)
	request.Header.Set("authorization", token)
	request.Header.Set("content-type", "application/json")
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	var result struct{ Data struct{ GetTenant tenant } }
	check(json.NewDecoder(response.Body).Decode(&result))
	return result.Data.GetTenant
}

func useTable(ctx context.Context, cfg aws.Config, table string) (string, string) {
	client := dynamodb.NewFromConfig(cfg)
	key := map[string]dynamodbtypes.AttributeValue{
		"pk": &dynamodbtypes.AttributeValueMemberS{Value: "go"},
		"sk": &dynamodbtypes.AttributeValueMemberS{Value: "1"},
	}
	item := map[string]dynamodbtypes.AttributeValue{"text": &dynamodbtypes.AttributeValueMemberS{Value: "hello"}}
	for name, value := range key {
		item[name] = value
	}
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: item})
	check(err)
	read, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key})
	check(err)
	_, err = client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: key})
	check(err)
	_, missing := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("missing")})
	return read.Item["text"].(*dynamodbtypes.AttributeValueMemberS).Value, codeOf(missing)
}

func useQueue(ctx context.Context, cfg aws.Config, url string) string {
	client := sqs.NewFromConfig(cfg)
	_, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("from Go")})
	check(err)
	received, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: 2})
	check(err)
	message := received.Messages[0]
	_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: message.ReceiptHandle})
	check(err)
	return *message.Body
}

func useBucket(ctx context.Context, cfg aws.Config) string {
	client := s3.NewFromConfig(cfg, func(options *s3.Options) { options.UsePathStyle = true })
	bucket, key := aws.String("bulk-data"), aws.String("from go/1")
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("body")})
	check(err)
	object, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
	check(err)
	body, err := io.ReadAll(object.Body)
	check(err)
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
	check(err)
	return string(body)
}

func codeOf(err error) string {
	var failure smithy.APIError
	if errors.As(err, &failure) {
		return failure.ErrorCode()
	}
	return fmt.Sprint(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
